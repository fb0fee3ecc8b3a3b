import { describe, expect, it } from 'vitest';
import { expiryLevel } from './expiry-alarm.ts';

describe('the alarm of an end', () => {
  it.each([
    [0, 'none'],
    [80, 'none'],
    [81, 'warning'],
    [95, 'warning'],
    [96, 'critical'],
    [100, 'expired'],
    [200, 'expired'],
  ])('at %d of 100 is %s', (now, level) =>
    expect(expiryLevel({ notBefore: 0, notAfter: 100 }, now)).toBe(level),
  );
});
