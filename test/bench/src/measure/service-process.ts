import { type ChildProcess, spawn } from 'node:child_process';
import { errorText, STARTER_DESCRIPTOR } from '@quintet/runtime';
import { eventually, freePort } from '@quintet/testkit';
import { serviceProgram } from '../checkout.ts';
import { type ProcessUsage, usageOf } from './process-usage.ts';

export type ServiceOptions = {
  readonly nodePath: string;
  readonly service: string;
  readonly flags: readonly string[];
};

/** A service of this checkout in a process of its own. */
export type ServiceProcess = {
  readonly pid: number;
  readonly usage: () => ProcessUsage;
  /** Waits until all its readiness checks pass. */
  readonly ready: () => Promise<void>;
  /** Waits for `work`; when it fails, or the service ends before it is done, rejects with what the service said last. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  readonly stop: () => Promise<void>;
};

const READY_LIMIT_MS = 120_000;
const SHOWN_CHARACTERS = 4000;

/** Extra flags for Node, such as `--cpu-prof`, for whoever looks for the reason of a figure. */
const PROFILE = 'QUINTET_BENCH_NODE_FLAGS';

/** Starts a service; it ends when this process does, however that is. */
export async function startService({ nodePath, service, flags }: ServiceOptions): Promise<ServiceProcess> {
  const admin = `127.0.0.1:${await freePort()}`;
  const { args, env } = serviceProgram(service);
  const extra = process.env[PROFILE]?.split(' ') ?? [];
  const child = spawn(nodePath, [...extra, ...args, ...flags, `--admin-address=${admin}`], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, [STARTER_DESCRIPTOR]: '3' },
  });
  const output = lastOutput(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${service} did not start`);
  return {
    pid,
    usage: () => usageOf(pid),
    ready: async () => {
      const isReady = async () => (await fetch(`http://${admin}/readyz`)).ok;
      try {
        await eventually(isReady, { timeoutMs: READY_LIMIT_MS, everyMs: 10 });
      } catch (cause) {
        throw new Error(`${service} is not ready:\n${output()}`, { cause });
      }
    },
    async during(work) {
      const over = ended.then(() => {
        throw new Error('it has ended');
      });
      try {
        return await Promise.race([work, over]);
      } catch (cause) {
        throw new Error(`${service}: ${errorText(cause)}\n${output()}`, { cause });
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function lastOutput({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-SHOWN_CHARACTERS);
    });
  }
  return () => text;
}
