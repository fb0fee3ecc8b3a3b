import { rm, utimes, writeFile } from 'node:fs/promises';
import { type Clock, sleep } from '../clock/clock.ts';
import { errorText } from '../errors/mesh-error.ts';
import type { Log } from '../log/log.ts';
import type { Component } from '../service/component.ts';
import type { HealthState } from './health.ts';

export type ProbeFileOptions = {
  /** What the file tells of, for the log: `liveness`, `readiness`. */
  readonly name: string;
  readonly path: string;
  /** Whoever looks takes a file that is older than this for a failure. */
  readonly intervalMs: number;
  readonly state: () => Promise<HealthState> | HealthState;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * A file for probes that can run a program and cannot ask a port, as the classic components have it: its time is
 * renewed twice in each interval as long as all is well, and it is removed when not, and at the end.
 */
export function createProbeFile(options: ProbeFileOptions): Component {
  const { name, path, intervalMs, state, clock, log } = options;
  const stop = new AbortController();
  let problem: string | undefined;
  let running: Promise<void> | undefined;
  const update = async () => {
    try {
      if ((await state()) === 'failed') await rm(path, { force: true });
      else await touch(path, clock.now());
      problem = undefined;
    } catch (error) {
      if (errorText(error) !== problem)
        log.warn({ err: error, path }, `cannot renew the file of the ${name} probe`);
      problem = errorText(error);
    }
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      await update();
      await sleep(clock, intervalMs / 2, stop.signal);
    }
  };
  return {
    name: `${name}-probe`,
    start() {
      running = run();
    },
    async stop() {
      stop.abort();
      await running;
      await rm(path, { force: true });
    },
  };
}

async function touch(path: string, now: number): Promise<void> {
  await writeFile(path, '', { flag: 'a' });
  await utimes(path, now / 1000, now / 1000);
}
