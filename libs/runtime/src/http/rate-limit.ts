import type { Clock } from '../clock/clock.ts';

export type RateLimit = {
  /** True when there was a token; it is used up then. */
  take(): boolean;
};

/** A token bucket: `perSecond` on average, `burst` at once. */
export function createRateLimit(options: { clock: Clock; perSecond: number; burst: number }): RateLimit {
  const { clock, perSecond, burst } = options;
  let tokens = burst;
  let last = clock.monotonic();
  return {
    take() {
      const now = clock.monotonic();
      tokens = Math.min(burst, tokens + ((now - last) / 1000) * perSecond);
      last = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
