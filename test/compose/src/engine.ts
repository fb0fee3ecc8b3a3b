import { join, resolve } from 'node:path';
import process from 'node:process';
import { mustRun, runCommand } from './run-command.ts';

/** The root of the checkout. */
export const ROOT = resolve(import.meta.dirname, '../../..');
const ENGINE_FOLDER = join(ROOT, 'test/compose/engine');
const MINUTE_MS = 60_000;

/** Whether containers can be run here, and if not why. */
export type Engine = { readonly ok: true } | { readonly ok: false; readonly why: string };

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
  const { code, output } = await runCommand([join(ENGINE_FOLDER, 'engine.sh')], {
    timeoutMs: 20 * MINUTE_MS,
  });
  return code === 0 ? { ok: true } : { ok: false, why: output.trim() };
}

/** Fetches the public images, or builds stand-ins for them. */
export async function ensureBaseImages(): Promise<void> {
  await mustRun([join(ENGINE_FOLDER, 'base-images.sh')], { timeoutMs: 20 * MINUTE_MS });
}

export function isCi(): boolean {
  return ![undefined, '', '0', 'false'].includes(process.env.CI);
}
