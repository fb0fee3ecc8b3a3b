import { systemClock } from '@quintet/runtime/command';
import {
  type ProcessSpec,
  type SupervisedProcess,
  superviseProcess,
} from '../supervise/supervised-process.ts';
import type { Reporter } from './reporter.ts';

/** The processes of a mesh in groups, in the order in which they are of use to each other. */
export type ProcessGroups = readonly (readonly ProcessSpec[])[];

export type RunningProcesses = {
  /** Ends the groups one after the other, the last first. */
  stop(): Promise<void>;
};

/** Time that a process has between SIGTERM and SIGKILL. */
const GRACE_MS = 5000;

/**
 * Starts all processes at once: whoever needs another one waits for it by itself. A process that ends is started again,
 * and the reporter says so.
 */
export function startProcesses(groups: ProcessGroups, reporter: Reporter): RunningProcesses {
  const running = groups.map((group) =>
    group.map((spec) => superviseProcess(spec, superviseOptions(reporter))),
  );
  return {
    async stop() {
      for (const group of running.toReversed()) await stopGroup(group);
    },
  };
}

async function stopGroup(group: readonly SupervisedProcess[]): Promise<void> {
  await Promise.all(group.map((one) => one.stop(GRACE_MS)));
}

function superviseOptions(reporter: Reporter) {
  return {
    clock: systemClock,
    random: Math.random,
    onEvent: (event: Parameters<Parameters<typeof superviseProcess>[1]['onEvent']>[0]) => {
      if (event.kind === 'restarted') return reporter.line(`${event.name} is started again`);
      const wait = (event.retryMs / 1000).toFixed(1);
      reporter.line(`${event.name} ended ${event.how}; again in ${wait} s; its log is ${event.log}`);
    },
  };
}
