import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { testEnv } from '../../testing/handler-env.ts';
import { deduplicator } from './deduplicator.ts';
import { MEMQUOTA } from './memquota.ts';
import { rollingWindow } from './rolling-window.ts';

const CONTEXT = { namespace: 'istio-system', instances: [] };
const PARAMS = {
  quotas: [
    {
      name: 'requestcount',
      maxAmount: 5,
      validDuration: '10s',
      overrides: [{ dimensions: { destination: 'ratings' }, maxAmount: 1, validDuration: '1s' }],
    },
    { name: 'forever.quota.default', max_amount: '2' },
  ],
};

function instance(name: string, dimensions: Record<string, string> = {}) {
  return { template: 'quota', name, dimensions: new Map(Object.entries(dimensions)) } as const;
}

function start() {
  const clock = createManualClock();
  const { build, problems } = MEMQUOTA.configure(PARAMS, CONTEXT);
  if (build === undefined) throw new Error(JSON.stringify(problems));
  const handler = build(testEnv({ clock }));
  const take = (
    of: ReturnType<typeof instance>,
    amount: number,
    more: { bestEffort?: boolean; deduplicationId?: string } = {},
  ) => handler.quota?.(of, { amount, bestEffort: false, deduplicationId: '', ...more }).grantedAmount;
  return { clock, take };
}

describe('memquota', () => {
  const counted = instance('requestcount.instance.istio-system', { destination: 'reviews' });

  it('grants up to its amount within the sliding time, and all or nothing', async () => {
    const { clock, take } = start();
    expect([take(counted, 3), take(counted, 3), take(counted, 2), take(counted, 1)]).toEqual([3, 0, 2, 0]);
    await clock.advance(9_900);
    expect(take(counted, 1)).toBe(0);
    await clock.advance(300);
    expect(take(counted, 5)).toBe(5);
  });

  it('grants what is left to who takes less', () => {
    const { take } = start();
    expect([take(counted, 4), take(counted, 4, { bestEffort: true })]).toEqual([4, 1]);
  });

  it('counts other dimensions apart, by the first override that fits', () => {
    const { take } = start();
    const ratings = instance('requestcount.instance.istio-system', { destination: 'ratings' });
    expect([take(counted, 5), take(ratings, 1), take(ratings, 1)]).toEqual([5, 1, 0]);
  });

  it('never gives back what holds for ever', async () => {
    const { clock, take } = start();
    const forever = instance('forever.instance.default');
    expect([take(forever, 2), take(forever, 1)]).toEqual([2, 0]);
    await clock.advance(1_000_000);
    expect(take(forever, 1)).toBe(0);
  });

  it('charges a repetition once', async () => {
    const { clock, take } = start();
    expect([take(counted, 3, { deduplicationId: 'a' }), take(counted, 3, { deduplicationId: 'a' })]).toEqual([
      3, 3,
    ]);
    expect(take(counted, 2)).toBe(2);
    await clock.advance(2_100);
    expect(take(counted, 3, { deduplicationId: 'a' })).toBe(0);
  });

  it.each([
    [{ quotas: [{ name: 'a', maxAmount: -1 }] }, 'params.quotas[0].maxAmount'],
    [{ quotas: [{ name: 'a', validDuration: '-1s' }] }, 'params.quotas[0].validDuration'],
    [{ quotas: [{ name: 'a' }, { name: 'a.quota' }] }, 'params.quotas[1].name'],
    [{ minDeduplicationDuration: '0s' }, 'params.minDeduplicationDuration'],
    [{ quota: [] }, 'params.quota'],
  ])('refuses %j', (params, path) => {
    expect(MEMQUOTA.configure(params, CONTEXT).problems.map((problem) => problem.path)).toContain(path);
  });
});

describe('rollingWindow', () => {
  it('frees amounts tick by tick', () => {
    const window = rollingWindow(10, 1000);
    window.take(4, 5000);
    window.take(6, 5500);
    expect([5999, 6100, 6599, 6600].map((now) => window.available(now))).toEqual([0, 4, 4, 10]);
    expect(window.idle(6600)).toBe(true);
  });
});

describe('deduplicator', () => {
  it('remembers for at least its time and at most twice as long', () => {
    const answers = deduplicator(1000);
    answers.remember('a', { grantedAmount: 1, validDurationMs: 0 }, 0);
    expect([999, 1500, 2500].map((now) => answers.recall('a', now)?.grantedAmount)).toEqual([
      1,
      1,
      undefined,
    ]);
  });
});
