import { describe, expect, it } from 'vitest';
import { lifetimeFor } from './lifetime.ts';

const NOW = 1_900_000_000_000;
const HOUR = 3_600_000;
const limits = { defaultMs: 24 * HOUR, maxMs: 48 * HOUR, authorityNotAfter: NOW + 1000 * HOUR, now: NOW };

describe('the lifetime of a certificate', () => {
  it.each([
    [0, limits, 24 * HOUR],
    [HOUR, limits, HOUR],
    [48 * HOUR, limits, 48 * HOUR],
    [48 * HOUR, { ...limits, authorityNotAfter: NOW + HOUR }, HOUR],
  ])('for a wish of %d ms', (wish, given, life) => {
    const { notBefore, notAfter } = lifetimeFor(wish, given);
    expect([notAfter - NOW, NOW - notBefore]).toEqual([life, 10_000]);
  });

  it.each([
    ['TTL_ERROR', -1, limits],
    ['TTL_ERROR', 999, limits],
    ['TTL_ERROR', Number.NaN, limits],
    ['TTL_ERROR', 48 * HOUR + 1, limits],
    ['CA_NOT_READY', HOUR, { ...limits, authorityNotAfter: NOW }],
  ])('is refused with %s for a wish of %d ms', (why, wish, given) =>
    expect(() => lifetimeFor(wish, given)).toThrow(why),
  );
});
