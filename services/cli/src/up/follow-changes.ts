import { stat } from 'node:fs/promises';
import type { Bus } from '@quintet/bus';
import type { Clock, Timer } from '@quintet/runtime/command';
import { everythingAcknowledged } from '../ask/proxy-status.ts';
import { changeLine } from './change-line.ts';
import { type Change, eventFile, eventTime, type MeshEvent, trackChange } from './change-tracker.ts';
import type { Reporter } from './reporter.ts';

export type FollowOptions = {
  /** When this run of the mesh began and when it was ready, milliseconds since 1970. */
  readonly startedAt: number;
  readonly readyAt: number;
  readonly signal: AbortSignal;
  readonly reporter: Pick<Reporter, 'line'>;
  readonly clock: Clock;
};

/** So many of the latest events are looked at for what was rejected while the mesh started. */
const LATEST = 1000;
/** Pilot begins to push within this time, or a change concerns no proxy. */
const QUIET_BEFORE_MS = 1000;
/** After the last acknowledgement it is asked whether others are still expected. */
const QUIET_AFTER_MS = 150;

/**
 * Says what became of each change for as long as the bus tells, until `signal`. Nothing is said of a change before a pilot
 * has said that no proxy is behind; afterwards the bus is not used any more. Throws what the bus throws.
 */
export async function followChanges(
  bus: Pick<Bus, 'replay' | 'requestMany'>,
  { signal, reporter, startedAt, readyAt, clock }: FollowOptions,
): Promise<void> {
  let change: Change | undefined;
  let timer: Timer | undefined;
  const settle = async (): Promise<void> => {
    const replies = await bus
      .requestMany('proxyStatus', {}, { timeoutMs: 1000, stallMs: 20 })
      .catch(() => []);
    if (change === undefined) return;
    // That nobody answers says nothing about the proxies.
    if (replies.length === 0) return arm(QUIET_BEFORE_MS);
    if (!everythingAcknowledged(replies)) return arm(QUIET_AFTER_MS);
    const done = change;
    change = undefined;
    reporter.line(changeLine(done, await savedAt(done, clock)));
  };
  const arm = (ms: number): void => {
    timer?.cancel();
    timer = clock.after(ms, () => void settle());
  };
  try {
    for await (const event of bus.replay('event', { follow: true, last: LATEST, signal })) {
      if (eventTime(event) < startedAt) continue;
      tellFinding(event, reporter);
      if (eventTime(event) < readyAt) continue;
      const next = trackChange(change, event);
      if (next !== change && next !== undefined)
        arm(next.acknowledged.size === 0 ? QUIET_BEFORE_MS : QUIET_AFTER_MS);
      change = next;
    }
  } finally {
    change = undefined;
    timer?.cancel();
  }
}

function tellFinding(event: MeshEvent, reporter: Pick<Reporter, 'line'>): void {
  if (event.type === 'config.rejected') reporter.line(`✗ ${event.message}`);
  if (event.type === 'config.issue') reporter.line(`! ${event.message}`);
}

/** When the file was last written or renamed; when it is gone, when galley noticed. */
async function savedAt({ objects: [first] }: Change, clock: Clock): Promise<number> {
  if (first === undefined) return clock.now();
  if (first.type === 'config.removed') return eventTime(first);
  const found = await stat(eventFile(first)).catch(() => undefined);
  return found?.ctimeMs ?? eventTime(first);
}
