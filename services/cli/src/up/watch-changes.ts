import { errorText, sleep, systemClock } from '@quintet/runtime/command';
import { withMeshBus } from '../ask/mesh-bus.ts';
import type { MeshState } from '../mesh/mesh-state.ts';
import { followChanges } from './follow-changes.ts';
import type { Reporter } from './reporter.ts';

export type WatchOptions = {
  readonly mesh: MeshState;
  /** When this run of the mesh began and when it was ready, milliseconds since 1970. */
  readonly startedAt: number;
  readonly readyAt: number;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
};

const RETRY_MS = 1000;

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
      await withMeshBus(mesh, (bus) => followChanges(bus, { ...options, startedAt, clock: systemClock }));
    } catch (error) {
      if (!signal.aborted) reporter.line(`changes cannot be followed for now: ${errorText(error)}`);
    }
    startedAt = systemClock.now();
    await sleep(systemClock, RETRY_MS, signal);
  }
}
