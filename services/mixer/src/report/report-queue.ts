import type { Bag } from '@quintet/expr';
import type { Component, Log } from '@quintet/runtime';

/** Reports that wait to be dispatched: who brings them never waits. */
export type ReportQueue = Component & {
  /** Takes what there is room for; the rest is dropped and counted. */
  push(bags: readonly Bag[]): void;
  waiting(): number;
};

/** Reports dispatched in one go, so that checks do not wait long behind them. */
const SLICE = 128;

/** A queue of at most `limit` reports; `dispatch` is given slices of it between other work. */
export function createReportQueue(options: {
  readonly limit: number;
  readonly dispatch: (bags: readonly Bag[]) => void;
  readonly onDrop: (count: number) => void;
  readonly log: Log;
}): ReportQueue {
  const { limit, dispatch, onDrop, log } = options;
  let queue: Bag[] = [];
  let next = 0;
  let scheduled = false;
  const waiting = () => queue.length - next;
  const slice = () => {
    const bags = queue.slice(next, next + SLICE);
    next += bags.length;
    if (next === queue.length) {
      queue = [];
      next = 0;
    }
    try {
      dispatch(bags);
    } catch (error) {
      onDrop(bags.length);
      log.warn({ err: error, reports: bags.length }, 'reports could not be dispatched');
    }
  };
  const run = () => {
    scheduled = false;
    if (waiting() === 0) return;
    slice();
    schedule();
  };
  const schedule = () => {
    if (scheduled || waiting() === 0) return;
    scheduled = true;
    setImmediate(run);
  };
  return {
    name: 'reports',
    waiting,
    push: (bags) => {
      const room = Math.max(0, limit - waiting());
      queue.push(...bags.slice(0, room));
      if (bags.length > room) onDrop(bags.length - room);
      schedule();
    },
    async stop() {
      while (waiting() > 0) slice();
    },
  };
}
