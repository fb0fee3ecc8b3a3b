import { join, resolve } from 'node:path';
import process from 'node:process';
import { createChannel } from '@quintet/runtime';
import { createXdsClient, eventually, freePort, makeTempDir, type XdsClient } from '@quintet/testkit';
import { createProgram } from './program.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'services/cli/src/main.ts');
const READY_MS = 30_000;

/** A pilot as a process of its own, in plaintext on loopback. */
export type PilotProcess = {
  /** Waits until `/readyz` answers 200; fails with the end of its log. */
  ready(): Promise<void>;
  /** A proxy that takes what it is sent, or refuses it with this text. */
  connect(name: string, options?: { readonly refusal?: string }): XdsClient;
  /** Ends its proxies, and the process without warning. */
  stop(): Promise<void>;
};

/** Starts a pilot that reads from the galley at `galley`. */
export async function startPilotProcess(galley: string, flags: readonly string[]): Promise<PilotProcess> {
  const dir = await makeTempDir('pilot');
  const [address, admin] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const program = createProgram({
    path: process.execPath,
    logFile: join(dir.path, 'pilot.log'),
    args: [
      ...['-C', 'development', CLI, 'serve', 'pilot', '--admin-address', admin, '--grpcAddr', address],
      ...['--secureGrpcAddr', '', '--httpAddr', `127.0.0.1:${await freePort()}`],
      ...['--mcp-insecure', '--mcp-address', galley, '--debounce-after', '20ms', ...flags],
    ],
  });
  program.start();
  const channel = createChannel({ address });
  const proxies: XdsClient[] = [];
  return {
    async ready() {
      const asked = async () => (await fetch(`http://${admin}/readyz`)).ok;
      try {
        await eventually(asked, { timeoutMs: READY_MS, everyMs: 50 });
      } catch (cause) {
        throw new Error(`pilot is not ready:\n${await program.log()}`, { cause });
      }
    },
    connect(name, { refusal } = {}) {
      const node = { id: `sidecar~10.1.0.9~${name}.shop~shop.svc.cluster.local`, cluster: name };
      const proxy = createXdsClient({
        channel,
        form: 'delta',
        node,
        ...(refusal !== undefined && { refuse: () => refusal }),
      });
      proxies.push(proxy);
      return proxy;
    },
    async stop() {
      for (const proxy of proxies) await proxy.close();
      channel.close();
      await program.kill();
      await dir.remove();
    },
  };
}
