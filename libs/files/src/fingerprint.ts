import type { BigIntStats } from 'node:fs';

/** What tells without reading that a file is another than before, or was written since. */
export type Fingerprint = {
  readonly identity: string;
  /** What the content depends on: differs after every write, unless it came too soon after the one before. */
  readonly content: string;
  /** When the file was written last, milliseconds since 1970. */
  readonly changedMs: number;
};

export function fingerprintOf({ dev, ino, size, mtimeNs, ctimeNs, ctimeMs }: BigIntStats): Fingerprint {
  return { identity: `${dev}:${ino}`, content: `${size}:${mtimeNs}:${ctimeNs}`, changedMs: Number(ctimeMs) };
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
  return a.identity === b.identity && a.content === b.content;
}
