import { stat } from 'node:fs/promises';
import type { Bus } from '@quintet/bus';
import { errorText, sleep, systemClock, type Timer } from '@quintet/runtime/command';
import { withMeshBus } from '../ask/mesh-bus.ts';
import { everythingAcknowledged } from '../ask/proxy-status.ts';
import type { MeshState } from '../mesh/mesh-state.ts';
import { changeLine } from './change-line.ts';
import { type Change, eventFile, eventTime, type MeshEvent, trackChange } from './change-tracker.ts';
import type { Reporter } from './reporter.ts';

export type WatchOptions = {
  readonly mesh: MeshState;
  /** When this run of the mesh began and when it was ready, milliseconds since 1970. */
  readonly startedAt: number;
  readonly readyAt: number;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
};

/** So many of the latest events are looked at for what was rejected while the mesh started. */
const LATEST = 1000;
const RETRY_MS = 1000;
/** Pilot begins to push within this time, or a change concerns no proxy. */
const QUIET_BEFORE_MS = 1000;
/** After the last acknowledgement it is asked whether others are still expected. */
const QUIET_AFTER_MS = 150;

/**
 * Says what became of each change of the configuration: rejections and findings at once, and for what was applied how
 * long it took from the save until every proxy concerned had acknowledged it. Those of the start are told first. Goes on
 * until `signal`; a bus that is gone is waited for.
 */
export async function watchChanges(options: WatchOptions): Promise<void> {
  const { mesh, signal, reporter } = options;
  let { startedAt } = options;
  while (!signal.aborted) {
    try {
      await withMeshBus(mesh, (bus) => follow(bus, { ...options, startedAt }));
    } catch (error) {
      if (!signal.aborted) reporter.line(`changes cannot be followed for now: ${errorText(error)}`);
    }
    startedAt = systemClock.now();
    await sleep(systemClock, RETRY_MS, signal);
  }
}

async function follow(bus: Bus, { signal, reporter, startedAt, readyAt }: WatchOptions): Promise<void> {
  let change: Change | undefined;
  let timer: Timer | undefined;
  const settle = async (): Promise<void> => {
    const replies = await bus
      .requestMany('proxyStatus', {}, { timeoutMs: 1000, stallMs: 20 })
      .catch(() => []);
    if (change === undefined) return;
    if (!everythingAcknowledged(replies)) return arm(QUIET_AFTER_MS);
    const done = change;
    change = undefined;
    reporter.line(changeLine(done, await savedAt(done)));
  };
  const arm = (ms: number): void => {
    timer?.cancel();
    timer = systemClock.after(ms, () => void settle());
  };
  for await (const event of bus.replay('event', { follow: true, last: LATEST, signal })) {
    if (eventTime(event) < startedAt) continue;
    tellFinding(event, reporter);
    if (eventTime(event) < readyAt) continue;
    const next = trackChange(change, event);
    if (next !== change && next !== undefined)
      arm(next.acknowledged.size === 0 ? QUIET_BEFORE_MS : QUIET_AFTER_MS);
    change = next;
  }
}

function tellFinding(event: MeshEvent, reporter: Reporter): void {
  if (event.type === 'config.rejected') reporter.line(`✗ ${event.message}`);
  if (event.type === 'config.issue') reporter.line(`! ${event.message}`);
}

/** When the file was last written or renamed; when it is gone, when galley noticed. */
async function savedAt({ objects: [first] }: Change): Promise<number> {
  if (first === undefined) return systemClock.now();
  if (first.type === 'config.removed') return eventTime(first);
  const found = await stat(eventFile(first)).catch(() => undefined);
  return found?.ctimeMs ?? eventTime(first);
}
