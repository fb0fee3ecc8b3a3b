import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { eventually } from '@quintet/testkit';
import { mustRun, runCommand } from './run-command.ts';

/** The root of the checkout. */
export const ROOT = resolve(import.meta.dirname, '../../..');
const ENGINE_FOLDER = join(ROOT, 'test/compose/engine');
const MINUTE_MS = 60_000;

/** Whether containers can be run here, and if not why. `startedPid` is the engine's process when we started it. */
export type Engine =
  | { readonly ok: true; readonly startedPid?: number }
  | { readonly ok: false; readonly why: string };

/**
 * An engine with Compose. One that answers is used; in CI, or when QUINTET_ENGINE is `start`, a missing one is installed
 * and started. A developer's machine is not changed without being asked.
 */
export async function findEngine(): Promise<Engine> {
  const started = ['docker info', 'docker compose version'].map((line) => runCommand(line.split(' ')));
  const answers = (await Promise.all(started)).every(({ code }) => code === 0);
  if (answers) return { ok: true };
  if (!isCi() && process.env.QUINTET_ENGINE !== 'start') {
    return {
      ok: false,
      why: 'no Docker engine with Compose answers; QUINTET_ENGINE=start installs and starts one',
    };
  }
  const { code, stdout, output } = await runCommand([join(ENGINE_FOLDER, 'engine.sh')], {
    timeoutMs: 20 * MINUTE_MS,
  });
  if (code !== 0) return { ok: false, why: output.trim() };
  return { ok: true, ...(stdout !== '' && { startedPid: Number(stdout) }) };
}

/** Ends an engine that was started for the tests; what it has built stays on its disk. */
export async function stopEngine(engine: Engine): Promise<void> {
  if (!engine.ok || engine.startedPid === undefined) return;
  const pid = engine.startedPid;
  process.kill(pid);
  await eventually(() => !isAlive(pid), { timeoutMs: MINUTE_MS });
}

/** A process that has ended is there, without a command line, until its parent has asked for it. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

/** Fetches the public images, or builds stand-ins for them. */
export async function ensureBaseImages(): Promise<void> {
  await mustRun([join(ENGINE_FOLDER, 'base-images.sh')], { timeoutMs: 20 * MINUTE_MS });
}

export function isCi(): boolean {
  return ![undefined, '', '0', 'false'].includes(process.env.CI);
}
