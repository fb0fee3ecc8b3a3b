import type { BigIntStats } from 'node:fs';

/** What tells without reading that a file is another than before, or was written since. */
export type Fingerprint = {
  /** Of the file, whatever its name and its content. */
  readonly identity: string;
  /** Of the file and its content, whatever its name. A number of a removed file may be given to the next one made. */
  readonly body: string;
  /** When anything about the file changed last, milliseconds since 1970, with fractions. */
  readonly changedMs: number;
};

export function fingerprintOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Fingerprint {
  const identity = `${dev}:${ino}`;
  return { identity, body: `${identity}:${size}:${mtimeNs}`, changedMs: Number(ctimeNs) / 1e6 };
}

/** Clocks of file systems stand still for a moment between two ticks; the coarsest in use count in steps of 2 s. */
const COARSEST_TICK_MS = 2000;

/**
 * Whether a file that was read at `readMs` needs no second look as long as its fingerprint stays: it had been left alone
 * for longer than a tick by then, so a write that came after the reading must show.
 */
export function isTelling(fingerprint: Fingerprint, readMs: number): boolean {
  return readMs - fingerprint.changedMs > COARSEST_TICK_MS;
}

export function sameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return a.body === b.body && a.changedMs === b.changedMs;
}
