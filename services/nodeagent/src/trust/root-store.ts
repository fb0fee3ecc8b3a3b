import { dirname } from 'node:path';
import { type Certificate, certificatePem, PkiError, parseCertificates } from '@quintet/pki';
import {
  type Clock,
  type Component,
  errorText,
  type Log,
  MeshError,
  readTextFile,
  watchDirectory,
} from '@quintet/runtime';

/** What this node trusts. */
export type RootStore = Component & {
  /** The roots as PEM, sorted. */
  readonly pem: () => string;
  readonly certificates: () => readonly Certificate[];
  /** Takes over the roots of a verified bundle from citadel. */
  readonly setBundle: (roots: readonly Certificate[]) => void;
  /** Calls back at each change; returns the end of it. */
  readonly subscribe: (changed: () => void) => () => void;
};

/**
 * Trusts the roots of a file, which is how trust begins, and those of the bundle that citadel handed out since. A root goes
 * when both have dropped it: during a rotation old and new are trusted together. Throws `failed_precondition` when the file
 * cannot be used at the start; later, its last good content stays.
 */
export async function openRootStore(options: {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: (roots: number) => void;
}): Promise<RootStore> {
  const { file, clock, log, onChange } = options;
  let fromFile = await readRoots(file);
  let fromBundle: readonly Certificate[] = [];
  let problem: string | undefined;
  let unwatch: (() => void) | undefined;
  let current = merge(fromFile, fromBundle);
  const subscribers = new Set<() => void>();
  const refresh = () => {
    const next = merge(fromFile, fromBundle);
    if (next.pem === current.pem) return;
    current = next;
    log.info({ roots: next.certificates.length }, 'trusted roots changed');
    onChange(next.certificates.length);
    for (const changed of [...subscribers]) changed();
  };
  const reload = async () => {
    try {
      fromFile = await readRoots(file);
      problem = undefined;
      refresh();
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      if (problem !== error.message)
        log.error({ file, err: error }, 'trusted roots cannot be loaded; the last good ones stay');
      problem = error.message;
    }
  };
  return {
    name: 'roots',
    pem: () => current.pem,
    certificates: () => current.certificates,
    setBundle(roots) {
      fromBundle = roots;
      refresh();
    },
    subscribe(changed) {
      subscribers.add(changed);
      return () => subscribers.delete(changed);
    },
    start() {
      unwatch = watchDirectory({ directory: dirname(file), clock, onChange: () => void reload() });
    },
    stop: () => unwatch?.(),
    checks: [
      {
        name: 'roots',
        check: () => (problem === undefined ? { state: 'ok' } : { state: 'degraded', detail: problem }),
      },
    ],
  };
}

async function readRoots(file: string): Promise<Certificate[]> {
  const text = await readTextFile(file);
  try {
    return parseCertificates(text, file);
  } catch (cause) {
    if (!(cause instanceof PkiError)) throw cause;
    throw new MeshError('failed_precondition', errorText(cause), { cause });
  }
}

function merge(...lists: readonly (readonly Certificate[])[]): {
  pem: string;
  certificates: readonly Certificate[];
} {
  const byPem = new Map(
    lists.flat().map((certificate) => [certificatePem(certificate), certificate] as const),
  );
  const pems = [...byPem.keys()].sort();
  return { pem: pems.join(''), certificates: [...byPem.values()] };
}
