/** Randomness as an argument: a number in [0, 1). */
export type Random = () => number;

export type BackoffOptions = {
  /** Upper end of the first wait, milliseconds. */
  readonly initialMs: number;
  /** No wait is longer than this. */
  readonly maxMs: number;
  /** How much longer each wait may be than the one before; 2 unless given. */
  readonly factor?: number;
  readonly random: Random;
};

/** Waits between attempts. */
export type Backoff = {
  /** Milliseconds to wait before the next attempt. */
  next(): number;
  /** To be called after a success. */
  reset(): void;
};

/**
 * Exponential backoff with equal jitter: between half and all of the bound, so that a crowd that lost its
 * server together does not come back together, and nobody comes back at once.
 */
export function createBackoff(options: BackoffOptions): Backoff {
  const { initialMs, maxMs, factor = 2, random } = options;
  let bound = initialMs;
  return {
    next() {
      const wait = bound / 2 + (bound / 2) * random();
      bound = Math.min(maxMs, bound * factor);
      return Math.min(maxMs, wait);
    },
    reset() {
      bound = initialMs;
    },
  };
}
