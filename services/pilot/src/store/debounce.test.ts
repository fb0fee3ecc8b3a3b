import { createManualClock } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { createDebounce } from './debounce.ts';

function setUp() {
  const clock = createManualClock();
  const start = clock.monotonic();
  const runs: number[] = [];
  const debounce = createDebounce({
    clock,
    quietMs: 100,
    maxMs: 1000,
    run: () => runs.push(clock.monotonic() - start),
  });
  return { clock, runs, debounce };
}

describe('createDebounce', () => {
  it('runs once when it has been quiet', async () => {
    const { clock, runs, debounce } = setUp();
    debounce.touch();
    await clock.advance(60);
    debounce.touch();
    await clock.advance(99);
    expect(runs).toEqual([]);
    await clock.advance(1);
    expect(runs).toEqual([160]);
  });

  it('runs at the latest after the longest wait, and counts anew', async () => {
    const { clock, runs, debounce } = setUp();
    for (let i = 0; i < 30; i += 1) {
      debounce.touch();
      await clock.advance(60);
    }
    await clock.advance(2000);
    expect(runs[0]).toBe(1000);
    expect(runs).toHaveLength(2);
  });

  it('does not run after its end', async () => {
    const { clock, runs, debounce } = setUp();
    debounce.touch();
    debounce.stop();
    await clock.advance(2000);
    expect(runs).toEqual([]);
  });
});
