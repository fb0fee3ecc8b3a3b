import { bagOf, stringMapOf, trackReferences, type Value } from '@quintet/expr';
import { describe, expect, it } from 'vitest';
import { createCheckCache } from './check-cache.ts';
import type { CheckOutcome } from './check-outcome.ts';

const EVENTS = { hit: () => {}, miss: () => {}, write: () => {}, evict: () => {} };

function bag(attributes: Record<string, Value>) {
  return bagOf(new Map(Object.entries(attributes)));
}

/** An outcome that referred to `a`, to the key `k` of `m`, and to the absence of `b`. */
function outcome(attributes: Record<string, Value>, code: number): CheckOutcome {
  const tracked = trackReferences(bag(attributes));
  tracked.get('a');
  tracked.get('b');
  const map = tracked.get('m');
  if (typeof map === 'object' && 'kind' in map && map.kind === 'map') map.get('k');
  const references = tracked.references();
  return { code, message: '', validDurationMs: 1000, validUseCount: 1, references, headerOperations: [] };
}

describe('check cache', () => {
  const asked = { a: 'x', m: stringMapOf({ k: 'v', other: '1' }) };

  it.each<[string, Record<string, Value>, number | undefined]>([
    ['the same values', asked, 7],
    ['another value that nobody looked at', { ...asked, z: 'z', m: stringMapOf({ k: 'v' }) }, 7],
    ['another value', { ...asked, a: 'y' }, undefined],
    ['another type', { ...asked, a: 1n }, undefined],
    ['another map value', { ...asked, m: stringMapOf({ k: 'w' }) }, undefined],
    ['a missing key', { ...asked, m: stringMapOf({}) }, undefined],
    ['a value that was absent', { ...asked, b: 'x' }, undefined],
  ])('%s', (_what, attributes, code) => {
    const cache = createCheckCache(10, EVENTS);
    cache.store(bag(asked), outcome(asked, 7), 0);
    expect(cache.find(bag(attributes), 500)?.code).toBe(code);
  });

  it('forgets after the time that the outcome holds', () => {
    const cache = createCheckCache(10, EVENTS);
    cache.store(bag(asked), outcome(asked, 7), 0);
    expect([999, 1000, 1001].map((now) => cache.find(bag(asked), now)?.code)).toEqual([
      7,
      undefined,
      undefined,
    ]);
  });

  it('does not keep what holds for no time or no use, and no more than its size', () => {
    const cache = createCheckCache(1, EVENTS);
    cache.store(bag(asked), { ...outcome(asked, 7), validDurationMs: 0 }, 0);
    cache.store(bag(asked), { ...outcome(asked, 7), validUseCount: 0 }, 0);
    expect(cache.find(bag(asked), 0)).toBeUndefined();
    const second = { ...asked, a: 'y' };
    cache.store(bag(asked), outcome(asked, 7), 0);
    cache.store(bag(second), outcome(second, 8), 0);
    expect(cache.find(bag(asked), 0)).toBeUndefined();
    expect(cache.find(bag(second), 0)?.code).toBe(8);
  });
});
