import { MeshError, systemClock } from '@quintet/runtime/command';
import {
  type ProcessEvent,
  type ProcessSpec,
  type SupervisedProcess,
  superviseProcess,
} from '../supervise/supervised-process.ts';
import type { Reporter } from './reporter.ts';

/** The processes of a mesh in groups, in the order in which they are of use to each other. */
export type ProcessGroups = readonly (readonly ProcessSpec[])[];

export type StartOptions = {
  readonly reporter: Reporter;
  /** How long a process that has ended by itself stays down at least. */
  readonly restartDelayMs: number;
};

export type RunningProcesses = {
  /** Rejects with a MeshError when a process cannot work at all; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the groups one after the other, the last first. */
  stop(): Promise<void>;
};

/** Time that a process has between SIGTERM and SIGKILL. */
const GRACE_MS = 5000;

/**
 * Starts all processes at once: whoever needs another one waits for it by itself. A process that ends is started again,
 * and the reporter says so.
 */
export function startProcesses(
  groups: ProcessGroups,
  { reporter, restartDelayMs }: StartOptions,
): RunningProcesses {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever waits for it hears of it; before and after that nobody has to.
  failed.catch(() => {});
  const onEvent = (event: ProcessEvent): void => {
    if (event.kind === 'restarted') {
      reporter.line(`${event.name} is started again`);
      return;
    }
    const what = `${event.name} ended ${event.how}${event.lastWords === '' ? '' : ` (${event.lastWords})`}`;
    if (event.retryMs === undefined) {
      reject(new MeshError('failed_precondition', what, { hint: `its log is ${event.log}` }));
      return;
    }
    reporter.line(`${what}; again in ${(event.retryMs / 1000).toFixed(1)} s; its log is ${event.log}`);
  };
  const options = { clock: systemClock, random: Math.random, restartDelayMs, onEvent };
  const running = groups.map((group) => group.map((spec) => superviseProcess(spec, options)));
  return {
    failed,
    async stop() {
      for (const group of running.toReversed()) await stopGroup(group);
    },
  };
}

async function stopGroup(group: readonly SupervisedProcess[]): Promise<void> {
  await Promise.all(group.map((one) => one.stop(GRACE_MS)));
}
