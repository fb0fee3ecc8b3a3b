import { type Clock, sleep } from '../clock/clock.ts';
import type { Component } from './component.ts';

export type ParentGuardOptions = {
  readonly parentPid: number;
  readonly clock: Clock;
  /** The number of the process that started this one, now: it changes when that one dies. */
  readonly currentParent: () => number;
  /** Whether a process of that number is alive. */
  readonly isAlive: (pid: number) => boolean;
  readonly onGone: () => void;
};

/** There is no event for the death of a process that is not one's child; half a second is soon enough. */
const LOOK_EVERY_MS = 500;

/**
 * Calls `onGone` when the process that started this one has died, so that a crashed starter leaves nothing
 * running. The starter may be the parent itself or an ancestor (a launcher in between).
 */
export function createParentGuard(options: ParentGuardOptions): Component {
  const stop = new AbortController();
  const isParent = options.currentParent() === options.parentPid;
  const gone = () =>
    isParent ? options.currentParent() !== options.parentPid : !options.isAlive(options.parentPid);
  const watch = async () => {
    while (!stop.signal.aborted) {
      if (gone()) return options.onGone();
      await sleep(options.clock, LOOK_EVERY_MS, stop.signal);
    }
  };
  return { name: 'parent-guard', start: () => void watch(), stop: () => stop.abort() };
}
