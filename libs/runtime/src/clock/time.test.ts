import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../http/rate-limit.ts';
import { createBackoff } from './backoff.ts';
import { sleep, systemClock } from './clock.ts';
import { createManualClock } from './manual-clock.ts';

describe('a backoff', () => {
  it.each([
    [0, [50, 100, 200, 400, 500, 500]],
    [0.999999, [100, 200, 400, 800, 1000, 1000]],
  ])('with randomness %d grows to its end', (random, expected) => {
    const backoff = createBackoff({ initialMs: 100, maxMs: 1000, random: () => random });
    expect(expected.map(() => Math.round(backoff.next()))).toEqual(expected);
    backoff.reset();
    expect(Math.round(backoff.next())).toBe(expected[0]);
  });
});

describe('a clock', () => {
  it('that is moved by hand fires timers in order, also those started on the way', async () => {
    const clock = createManualClock(0);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name} ${clock.now()}`);
    clock.after(20, note('b'));
    clock.after(10, () => {
      note('a')();
      clock.after(5, note('c'));
    });
    clock.after(15, note('d')).cancel();
    expect(clock.untilNext()).toBe(10);
    await clock.advance(30);
    expect(fired).toEqual(['a 10', 'c 15', 'b 20']);
    expect(clock.now()).toBe(30);
    expect(clock.pending()).toBe(0);
  });

  it('lets a sleep end early, and at once when it is over already', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const slept = sleep(clock, 1000, stop.signal);
    stop.abort();
    await slept;
    await sleep(clock, 1000, stop.signal);
    expect(clock.pending()).toBe(0);
  });

  it('of the machine fires', async () => {
    await sleep(systemClock, 1);
    const never = systemClock.after(2 ** 40, () => {});
    never.cancel();
  });
});

describe('a rate limit', () => {
  it('gives its burst, then its rate', async () => {
    const clock = createManualClock();
    const limit = createRateLimit({ clock, perSecond: 2, burst: 3 });
    const take = (times: number) => Array.from({ length: times }, () => limit.take()).filter(Boolean).length;
    expect(take(10)).toBe(3);
    await clock.advance(1000);
    expect(take(10)).toBe(2);
    await clock.advance(60_000);
    expect(take(10)).toBe(3);
  });
});
