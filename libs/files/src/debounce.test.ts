import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { createDebounce } from './debounce.ts';

describe('createDebounce', () => {
  const start = () => {
    const clock = createManualClock();
    const runs: number[] = [];
    const debounce = createDebounce({
      quietMs: 50,
      maxMs: 120,
      clock,
      run: () => runs.push(clock.monotonic()),
    });
    const begin = clock.monotonic();
    return { clock, debounce, times: () => runs.map((time) => time - begin) };
  };

  it('runs once it is quiet', () => {
    const { clock, debounce, times } = start();
    debounce.trigger();
    clock.advance(40);
    debounce.trigger();
    clock.advance(40);
    expect(times()).toEqual([]);
    clock.advance(40);
    expect(times()).toEqual([90]);
  });

  it('runs at the latest after the limit, and begins anew then', () => {
    const { clock, debounce, times } = start();
    for (let i = 0; i < 4; i++) {
      debounce.trigger();
      clock.advance(40);
    }
    expect(times()).toEqual([120]);
    debounce.trigger();
    clock.advance(50);
    expect(times()).toEqual([120, 210]);
  });

  it('does not run after its stop', () => {
    const { clock, debounce, times } = start();
    debounce.trigger();
    debounce.stop();
    clock.advance(1000);
    expect(times()).toEqual([]);
  });
});
