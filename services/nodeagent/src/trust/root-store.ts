import { dirname } from 'node:path';
import { type Certificate, certificatePem, PkiError, parseCertificates } from '@quintet/pki';
import {
  type Clock,
  type Component,
  createFailureLog,
  errorText,
  type Log,
  MeshError,
  readTextFile,
  watchDirectory,
} from '@quintet/runtime';

/** What this node trusts. */
export type RootStore = Component & {
  /** The roots as PEM, sorted; empty as long as there are none. */
  readonly pem: () => string;
  readonly certificates: () => readonly Certificate[];
  /** Takes over the roots of a verified bundle from citadel. */
  readonly setBundle: (roots: readonly Certificate[]) => void;
  /** Calls back at each change; returns the end of it. */
  readonly subscribe: (changed: () => void) => () => void;
};

/**
 * Trusts the roots of a file, which is how trust begins, and those of the bundle that citadel handed out since. A root goes
 * when both have dropped it: during a rotation old and new are trusted together. A file that cannot be used at the start is
 * waited for: nobody is trusted until then, and readiness says why. Later, its last good content stays.
 */
export async function openRootStore(options: {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: (roots: number) => void;
}): Promise<RootStore> {
  const { file, clock, log } = options;
  const held = new Roots(options);
  const failures = createFailureLog({
    ...{ log, clock, level: 'error' },
    failing: 'trusted roots cannot be loaded; the last good ones stay, without any nobody is trusted',
    recovered: 'trusted roots can be loaded again',
  });
  let problem: string | undefined;
  let unwatch: (() => void) | undefined;
  const reload = async (take: (roots: readonly Certificate[]) => void = (roots) => held.setFile(roots)) => {
    try {
      take(await readRoots(file));
      problem = undefined;
      failures.succeeded({ file });
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      problem = error.message;
      failures.failed(error, { file });
    }
  };
  await reload((roots) => held.begin(roots));
  return {
    name: 'roots',
    pem: () => held.current.pem,
    certificates: () => held.current.certificates,
    setBundle: (roots) => held.setBundle(roots),
    subscribe: (changed) => held.subscribe(changed),
    start() {
      unwatch = watchDirectory({ directory: dirname(file), clock, onChange: () => void reload() });
      // It may have come before the watch began.
      void reload();
    },
    stop: () => unwatch?.(),
    checks: [
      {
        name: 'roots',
        check() {
          if (problem === undefined) return { state: 'ok' };
          return { state: held.isEmpty() ? 'failed' : 'degraded', detail: problem };
        },
      },
    ],
  };
}

class Roots {
  readonly #options: { readonly log: Log; readonly onChange: (roots: number) => void };
  readonly #subscribers = new Set<() => void>();
  #fromFile: readonly Certificate[] = [];
  #fromBundle: readonly Certificate[] = [];
  current = merge();

  constructor(options: { log: Log; onChange: (roots: number) => void }) {
    this.#options = options;
  }

  /** The roots at the start: no change that anybody has to hear of. */
  begin(roots: readonly Certificate[]): void {
    this.#fromFile = roots;
    this.current = merge(roots);
  }

  isEmpty(): boolean {
    return this.current.certificates.length === 0;
  }

  setFile(roots: readonly Certificate[]): void {
    this.#fromFile = roots;
    this.#refresh();
  }

  setBundle(roots: readonly Certificate[]): void {
    this.#fromBundle = roots;
    this.#refresh();
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  }

  #refresh(): void {
    const next = merge(this.#fromFile, this.#fromBundle);
    if (next.pem === this.current.pem) return;
    this.current = next;
    this.#options.log.info({ roots: next.certificates.length }, 'trusted roots changed');
    this.#options.onChange(next.certificates.length);
    for (const changed of [...this.#subscribers]) changed();
  }
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
