import { describe, expect, it } from 'vitest';
import { renewalTiming } from './renewal-timing.ts';

describe('the timing of renewals', () => {
  it.each([
    [0, { firstRetryMs: 200, longestRetryMs: 2000, timeoutMs: 5000 }],
    [60_000, { firstRetryMs: 200, longestRetryMs: 1200, timeoutMs: 2000 }],
    [3_600_000, { firstRetryMs: 200, longestRetryMs: 30_000, timeoutMs: 10_000 }],
    [86_400_000, { firstRetryMs: 200, longestRetryMs: 30_000, timeoutMs: 10_000 }],
  ])('for certificates of %d ms', (lifetimeMs, timing) => expect(renewalTiming(lifetimeMs)).toEqual(timing));
});
