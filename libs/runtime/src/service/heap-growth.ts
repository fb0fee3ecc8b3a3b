import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * From now on, lets the old generation of the heap grow by at most `percent` (a whole number from 1) of what is in use
 * after a collection before the next one begins. V8 by itself lets a small heap grow by up to 300 %. For services that
 * hold much and then make little garbage: less memory for a few more collections.
 *
 * V8 takes the flag at any time, though not from NODE_OPTIONS, and computes how far the heap may grow at the end of each
 * collection: so one is made, in a task of its own.
 */
export function limitHeapGrowth(percent: number): void {
  if (!Number.isInteger(percent) || percent < 1) {
    throw new RangeError(`a heap grows by whole per cents from 1, found ${percent}`);
  }
  setFlagsFromString(heapGrowthFlag(percent));
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ type: 'major', execution: 'async' });
}

/** The flag of V8 that says so. */
export function heapGrowthFlag(percent: number): string {
  return `--heap-growing-percent=${percent}`;
}
