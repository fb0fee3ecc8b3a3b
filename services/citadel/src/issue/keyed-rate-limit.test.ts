import { createManualClock } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { createKeyedRateLimit } from './keyed-rate-limit.ts';

describe('a limit by key', () => {
  it('gives each key its burst and its rate, whatever others do', async () => {
    const clock = createManualClock();
    const limit = createKeyedRateLimit({ clock, perSecond: 1, burst: 2, maxKeys: 10 });
    expect(['a', 'a', 'a', 'b'].map(limit.take)).toEqual([true, true, false, true]);
    await clock.advance(1000);
    expect(['a', 'a'].map(limit.take)).toEqual([true, false]);
  });

  it('forgets the key that was used longest ago', () => {
    const limit = createKeyedRateLimit({ clock: createManualClock(), perSecond: 1, burst: 1, maxKeys: 2 });
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map(limit.take)).toEqual([true, true, false, true, false, true]);
  });
});
