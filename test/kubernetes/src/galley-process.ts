import { join, resolve } from 'node:path';
import process from 'node:process';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import { createProgram } from './program.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'services/cli/src/main.ts');
const READY_MS = 30_000;

/** Galley as a process of its own, in plaintext on loopback, which can be ended without warning. */
export type GalleyProcess = {
  /** Where it hands out, `127.0.0.1:<port>`; stays the same over a restart. */
  readonly address: string;
  /** What it keeps over a restart. */
  readonly stateDir: string;
  /** Starts it, without waiting. */
  start(): void;
  /** Waits until `/readyz` answers 200; fails with the end of its log. */
  ready(): Promise<void>;
  /** What its readiness checks say now; undefined when it does not answer. */
  health(): Promise<string | undefined>;
  kill(): Promise<void>;
  /** The end of what it logged. */
  log(): Promise<string>;
  /** Ends it and removes what it kept. */
  remove(): Promise<void>;
};

/** A galley with these flags that is not started yet. */
export async function createGalleyProcess(flags: readonly string[]): Promise<GalleyProcess> {
  const dir = await makeTempDir('galley');
  const [address, admin] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const stateDir = join(dir.path, 'state');
  const program = createProgram({
    path: process.execPath,
    logFile: join(dir.path, 'galley.log'),
    args: [
      ...['-C', 'development', CLI, 'serve', 'galley', '--insecure', '--admin-address', admin],
      ...['--server-address', `tcp://${address}`, '--state-dir', stateDir, ...flags],
    ],
  });
  const health = async () => {
    const answer = await fetch(`http://${admin}/readyz`);
    return { ok: answer.ok, text: await answer.text() };
  };
  return {
    ...{ address, stateDir, start: program.start, kill: program.kill, log: program.log },
    async ready() {
      try {
        await eventually(async () => (await health()).ok, { timeoutMs: READY_MS, everyMs: 50 });
      } catch (cause) {
        throw new Error(`galley is not ready:\n${await program.log()}`, { cause });
      }
    },
    health: () =>
      health().then(
        ({ text }) => text,
        () => undefined,
      ),
    async remove() {
      await program.kill();
      await dir.remove();
    },
  };
}
