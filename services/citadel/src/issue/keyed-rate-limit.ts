import { type Clock, createRateLimit, type RateLimit } from '@quintet/runtime';

/** A token bucket for each key. */
export type KeyedRateLimit = {
  /** True when the key had a token; it is used up then. */
  readonly take: (key: string) => boolean;
};

/**
 * Limits each key to `perSecond` on average and `burst` at once. Remembers the `maxKeys` keys used last: one that was
 * forgotten starts with a full bucket, which gives a caller with that many names nothing that it did not have.
 */
export function createKeyedRateLimit(options: {
  readonly clock: Clock;
  readonly perSecond: number;
  readonly burst: number;
  readonly maxKeys: number;
}): KeyedRateLimit {
  const { maxKeys, ...bucket } = options;
  const buckets = new Map<string, RateLimit>();
  return {
    take(key) {
      const limit = buckets.get(key) ?? createRateLimit(bucket);
      buckets.delete(key);
      buckets.set(key, limit);
      const [oldest] = buckets.keys();
      if (buckets.size > maxKeys && oldest !== undefined) buckets.delete(oldest);
      return limit.take();
    },
  };
}
