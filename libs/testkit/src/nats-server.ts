import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { eventually } from './eventually.ts';
import { findTool, NATS_SERVER } from './find-tool.ts';
import { freePort } from './free-port.ts';
import { makeTempDir } from './temp-dir.ts';

export type NatsServerOptions = {
  /** Further configuration, e.g. what `authorizationConfig` prints, or a `tls` block. */
  readonly config?: string;
};

/** A real nats-server with JetStream, for one test file. */
export type NatsServer = {
  /** `127.0.0.1:<port>`; stays the same over a restart. */
  readonly address: string;
  /** What it logged so far. */
  log(): string;
  /** Kills it; what it stored stays. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Kills it and removes what it stored. */
  remove(): Promise<void>;
};

/** Starts a nats-server on a free loopback port. Fails when there is no binary. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = await findTool(NATS_SERVER);
  const dir = await makeTempDir('nats');
  const port = await freePort();
  const file = join(dir.path, 'nats.conf');
  const config = `listen: "127.0.0.1:${port}"\njetstream { store_dir: ${JSON.stringify(join(dir.path, 'js'))} }\n`;
  await writeFile(file, `${config}${options.config ?? ''}`);
  let log = '';
  let child: ChildProcess | undefined;
  const kill = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  };
  const start = async () => {
    const started = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    // A test run that is broken off leaves no server behind.
    const killAtExit = () => started.kill('SIGKILL');
    process.once('exit', killAtExit);
    started.once('exit', () => process.off('exit', killAtExit));
    started.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    try {
      await eventually(() => reachable(port), { timeoutMs: 10_000 });
    } catch (cause) {
      await kill();
      throw new Error(`nats-server does not answer:\n${log}`, { cause });
    }
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    log: () => log,
    kill,
    start,
    async remove() {
      await kill();
      await dir.remove();
    },
  };
}

/** nats-server has no event for being ready; it greets whom it serves. */
function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
