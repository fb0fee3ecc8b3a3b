import { describe, expect, it } from 'vitest';
import { durationFromMillis, durationMillis, formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['1.5s', 1500],
    ['0', 0],
    ['0s', 0],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['1m0.5s', 60_500],
    ['.5s', 500],
    ['5.s', 5000],
    ['-1.5s', -1500],
    ['1us', 0.001],
  ])('reads %j as %j ms', (text, millis) => {
    const duration = parseDuration(text);
    expect(duration && durationMillis(duration)).toBe(millis);
  });

  it.each(['', '5', 's', '.s', '1 s', '1d', '1s2', '1e3s', 'abc', '--1s', '99999999999999h', '1'.repeat(80)])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each(['1.500s', '0.000000001s', '3600s', '-0.25s'])('writes %s so that it reads the same', (text) => {
    const duration = parseDuration(text);
    expect(duration && parseDuration(formatDuration(duration))).toEqual(duration);
  });

  it('converts milliseconds', () => {
    expect(durationFromMillis(1500)).toEqual({ seconds: 1n, nanos: 500_000_000 });
    expect(formatDuration(durationFromMillis(1500))).toBe('1.5s');
  });
});
