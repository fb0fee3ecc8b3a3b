import { describe, expect, it } from 'vitest';
import { parseProcessorTime, watchStolenTime, worstStolenShare } from './stolen-time.ts';

describe('the time that a host takes away', () => {
  it.each([
    [
      'a virtual machine',
      'cpu  100 5 20 300 4 0 1 70 50 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n',
      { all: 500, stolen: 70 },
    ],
    ['a kernel without the field', 'cpu  100 5 20 300\n', { all: 425, stolen: 0 }],
    ['no such file', '', { all: 0, stolen: 0 }],
  ])('is read: %s', (_, stat, time) => {
    expect(parseProcessorTime(stat)).toEqual(time);
  });

  it.each([
    ['nothing sampled', [], 0],
    ['one sample', [{ at: 0, all: 10, stolen: 5 }], 0],
    ['less than a span: all of it', [sample(0, 0, 0), sample(2, 400, 100)], 0.25],
    ['a quiet span behind a bad one', [sample(0, 0, 0), sample(5, 1000, 400), sample(10, 2000, 400)], 0.4],
    ['a bad second in a quiet span', [sample(0, 0, 0), sample(1, 200, 180), sample(5, 1000, 180)], 0.18],
  ])('is the worst of any span: %s', (_, samples, share) => {
    expect(worstStolenShare(samples)).toBeCloseTo(share);
  });

  it('is watched', () => {
    const watch = watchStolenTime();
    expect(watch.worst()).toBeGreaterThanOrEqual(0);
    watch.stop();
  });
});

function sample(seconds: number, all: number, stolen: number) {
  return { at: seconds * 1000, all, stolen };
}
