import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';

const ROOT = resolve(import.meta.dirname, '../../..');
const START_LIMIT_MS = 30_000;

/** A galley that reads files and a pilot that asks it, as processes, in plaintext on loopback. */
export type ControlPlane = {
  /** `host:port` of pilot's xDS. */
  readonly pilot: string;
  /** Makes this the whole configuration. */
  configure(yaml: string): Promise<void>;
  /** What both wrote so far. */
  log(): string;
  stop(): Promise<void>;
};

/** Starts both and waits until pilot is ready. */
export async function startControlPlane(yaml: string): Promise<ControlPlane> {
  const folder = await makeTempDir('interop');
  const config = join(folder.path, 'config');
  await mkdir(config);
  const configure = (content: string): Promise<void> => writeFile(join(config, 'random.yaml'), content);
  await configure(yaml);
  const [mcp, xds, galleyAdmin, pilotAdmin] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const galley = startService('galley', [
    ...['--insecure', `--server-address=127.0.0.1:${mcp}`, `--configPath=${config}`],
    `--admin-address=127.0.0.1:${galleyAdmin}`,
  ]);
  const pilot = startService('pilot', [
    ...['--secureGrpcAddr=', `--grpcAddr=127.0.0.1:${xds}`, '--httpAddr='],
    ...['--mcp-insecure', `--mcp-address=127.0.0.1:${mcp}`, `--admin-address=127.0.0.1:${pilotAdmin}`],
  ]);
  const log = (): string => `${galley.output()}\n${pilot.output()}`;
  const stop = async (): Promise<void> => {
    await Promise.all([galley.end(), pilot.end()]);
    await folder.remove();
  };
  try {
    await eventually(async () => (await fetch(`http://127.0.0.1:${pilotAdmin}/readyz`)).ok, {
      timeoutMs: START_LIMIT_MS,
      everyMs: 100,
    });
  } catch (error) {
    await stop();
    throw new Error(`pilot does not become ready:\n${log()}`, { cause: error });
  }
  return { pilot: `127.0.0.1:${xds}`, configure, log, stop };
}

function startService(name: string, flags: readonly string[]) {
  const main = join(ROOT, 'services', name, 'src/main.ts');
  // The fourth stream is a pipe: a service ends with whoever started it.
  const child: ChildProcess = spawn(process.execPath, ['-C', 'development', main, ...flags], {
    env: { ...process.env, QUINTET_STARTER_FD: '3' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    output: () => output,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
