import { dirname } from 'node:path';
import {
  type Clock,
  type Component,
  type Log,
  MeshError,
  readTextFile,
  watchDirectory,
} from '@quintet/runtime';
import { parseJwks, type TokenKey } from './jwks.ts';

/** Token keys kept in a file. */
export type JwksFile = Component & { readonly keys: () => readonly TokenKey[] };

/**
 * Reads the keys from a file and again whenever it changes. A file that cannot be used at the start is an error; later, the
 * last good keys stay and the log and readiness say so.
 */
export async function openJwksFile(options: {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<JwksFile> {
  const { path, clock, log } = options;
  let text = await readTextFile(path);
  let keys = parseJwks(text, path);
  let problem: string | undefined;
  let unwatch: (() => void) | undefined;
  const reload = async () => {
    try {
      const next = await readTextFile(path);
      if (next === text && problem === undefined) return;
      keys = parseJwks(next, path);
      text = next;
      problem = undefined;
      log.info({ path, keys: keys.length }, 'token keys loaded');
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      if (problem !== error.message)
        log.error({ path, err: error }, 'token keys cannot be loaded; the last good ones stay');
      problem = error.message;
    }
  };
  return {
    name: 'jwks',
    keys: () => keys,
    start() {
      unwatch = watchDirectory({ directory: dirname(path), clock, onChange: () => void reload() });
    },
    stop: () => unwatch?.(),
    checks: [
      {
        name: 'token-keys',
        check: () => (problem === undefined ? { state: 'ok' } : { state: 'degraded', detail: problem }),
      },
    ],
  };
}
