import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@quintet/testkit';
import { httpCall } from './http-call.ts';
import type { MeshState } from './mesh-state.ts';
import { allProcesses, type ProcessInfo, processInfo } from './processes.ts';

/** The processes of a running mesh, by what they are: `galley`, `nats`, `envoy:<workload>`, `app:<workload>`. */
export type MeshProcesses = {
  /** Fails when it does not run. */
  pid(what: string): number;
  /** Sends a signal (SIGKILL unless given) and waits until that process is gone. Answers the id it had. */
  kill(what: string, signal?: NodeJS.Signals): Promise<number>;
  /** Kills it, and again whenever it is started again, until `release`, which waits until it runs and is ready. */
  holdDown(what: string): Promise<{ release(): Promise<void> }>;
  /** Waits until it runs and, for one of our services, is ready. */
  ready(what: string, options?: { readonly timeoutMs?: number }): Promise<void>;
};

const LOOK_EVERY_MS = 20;
const END_LIMIT_MS = 10_000;
/** A process that was killed often is started again after 10 s. */
const READY_LIMIT_MS = 45_000;

export function createMeshProcesses(state: MeshState): MeshProcesses {
  const find = (what: string): number | undefined =>
    allProcesses().find((one) => one.parent === state.pid && matches(one, what, state))?.pid;
  const pid = (what: string): number => {
    const found = find(what);
    if (found === undefined) throw new Error(`${what} of mesh "${state.name}" does not run`);
    return found;
  };
  const ready: MeshProcesses['ready'] = async (what, { timeoutMs = READY_LIMIT_MS } = {}) => {
    await eventually(
      async () => {
        pid(what);
        if (!state.services.includes(what)) return;
        const url = `http://${state.addresses[what]}:15014/readyz`;
        const { status, body } = await httpCall({ url, timeoutMs: 2000 });
        if (status !== 200) throw new Error(`${what} is not ready: ${body}`);
      },
      { timeoutMs, everyMs: 100 },
    );
  };
  const kill: MeshProcesses['kill'] = async (what, signal = 'SIGKILL') => {
    const found = pid(what);
    process.kill(found, signal);
    await eventually(() => processInfo(found) === undefined, { timeoutMs: END_LIMIT_MS });
    return found;
  };
  return {
    ...{ pid, kill, ready },
    async holdDown(what) {
      let held = true;
      await kill(what);
      const holding = (async () => {
        while (held) {
          const found = find(what);
          if (found !== undefined) process.kill(found, 'SIGKILL');
          await delay(LOOK_EVERY_MS);
        }
      })();
      return {
        async release() {
          held = false;
          await holding;
          await ready(what);
        },
      };
    },
  };
}

function matches({ command, environment }: ProcessInfo, what: string, { folder }: MeshState): boolean {
  const [kind = '', workload] = what.split(':');
  if (kind === 'envoy') return command.some((word) => word.startsWith(`${folder}/proxies/${workload}.`));
  if (kind === 'app') return environment.includes(`WORKLOAD_NAME=${workload}`);
  if (kind === 'nats') return command.includes(`${folder}/nats/nats.conf`);
  return command.some((word) => word.endsWith(`services/${kind}/src/main.ts`));
}
