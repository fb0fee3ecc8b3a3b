import type { Clock } from '@quintet/runtime';

/** Longest time for which others are kept waiting, milliseconds. */
const SLICE_MS = 8;

/** Cuts long work into pieces: resolves at once while the piece is short, else after everybody else had a turn. */
export function createSlices(clock: Clock): () => Promise<void> | undefined {
  let began = clock.monotonic();
  return () => {
    if (clock.monotonic() - began < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        began = clock.monotonic();
        resolve();
      });
    });
  };
}
