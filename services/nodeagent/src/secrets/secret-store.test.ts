import { createMetrics } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeagentEvents } from '../events.ts';
import { METRICS } from '../metrics.ts';
import { createFakeCitadel, fakeToken } from '../testing/fake-citadel.ts';
import { createSecretStore, type Lease } from './secret-store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REVIEWS = 'spiffe://cluster.local/ns/default/sa/reviews';

function setUp(options: { lifetimeMs?: number; random?: () => number; maxTokens?: number } = {}) {
  const { lifetimeMs = MINUTE, random = () => 0.5, maxTokens = 10 } = options;
  const clock = createManualClock();
  const citadel = createFakeCitadel({ clock, lifetimeMs });
  const told: string[] = [];
  const events: NodeagentEvents = {
    renewalFailing: ({ spiffeId }) => told.push(`failing ${spiffeId}`),
    certificateExpired: ({ spiffeId }) => told.push(`expired ${spiffeId}`),
    trustBundleRefused: () => told.push('bundle refused'),
    rootsChanged: () => told.push('roots changed'),
  };
  const metrics = createMetrics().create(METRICS);
  const log = createMemoryLog();
  const { source } = citadel;
  const store = createSecretStore({ source, clock, random, log, metrics, events, maxTokens });
  return {
    clock,
    citadel,
    store,
    told,
    log,
    token: (name = 'reviews', id = '') => fakeToken(name, clock.now() + HOUR, id),
  };
}

function state(lease: Lease): string {
  try {
    const workload = lease.current();
    return workload?.current()?.keyPem ?? (workload === undefined ? 'waiting' : 'expired');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the log', () => {
  it('says once a minute for all tokens together that citadel is away, and that it is back', async () => {
    const { clock, citadel, store, token, log } = setUp();
    citadel.state = 'refusing';
    for (const name of ['reviews', 'ratings', 'details']) store.open(token(name));
    await clock.advance(0);
    await clock.advance(3 * MINUTE);
    const subject = 'system:serviceaccount:default:reviews';
    const fields = log.lines.map((line) => line.fields);
    expect(fields[0]).toMatchObject({ subject, waiting: 3, err: { message: 'connection refused' } });
    expect(fields.slice(1)).toHaveLength(2);
    for (const reminder of fields.slice(1)) expect(reminder).toHaveProperty('failures');
    citadel.state = 'up';
    await clock.advance(20_000);
    expect(log.lines.map(({ message }) => message).filter((message) => /any more/.test(message))).toEqual([
      'no token waits for a certificate any more',
    ]);
  });

  it('says once a minute that a certificate is not renewed, each new reason, and that it is again', async () => {
    const { clock, citadel, store, token, log } = setUp({ lifetimeMs: HOUR });
    store.open(token());
    await clock.advance(1000);
    citadel.state = 'refusing';
    await clock.advance(40 * MINUTE);
    citadel.state = 'hanging';
    await clock.advance(5 * MINUTE);
    citadel.state = 'up';
    await clock.advance(5 * MINUTE);
    const about = log.lines.filter(({ message }) => /renewed/.test(message));
    const reasons = about.map(({ fields }) => (fields.err instanceof Error ? fields.err.message : ''));
    expect(new Set(reasons)).toEqual(new Set(['connection refused', 'no answer', '']));
    expect(about[0]?.fields).not.toHaveProperty('failures');
    expect(about.at(-1)?.message).toBe('certificates are renewed again');
    expect(about.length).toBeLessThan(45 - 20);
  });
});

describe('a lease', () => {
  it('waits for citadel, then has a certificate and tells', async () => {
    const { clock, citadel, store, token } = setUp();
    citadel.state = 'refusing';
    const lease = store.open(token());
    let told = 0;
    lease.subscribe(() => told++);
    await clock.advance(10_000);
    expect([state(lease), told]).toEqual(['waiting', 0]);
    citadel.state = 'up';
    await clock.advance(2000);
    expect([state(lease), told]).toEqual(['key 1', 1]);
  });

  it('shares one signature among the streams of one token', async () => {
    const { clock, citadel, store, token } = setUp();
    const one = token();
    const leases = [store.open(one), store.open(one), store.open(one)];
    await clock.advance(0);
    expect(leases.map(state)).toEqual(['key 1', 'key 1', 'key 1']);
    expect(citadel.calls).toBe(1);
  });

  it('of another token for the same identity shares the certificate, but only after citadel accepted that token', async () => {
    const { clock, citadel, store, token } = setUp();
    const first = store.open(token('reviews', 'a'));
    await clock.advance(0);
    citadel.state = 'refusing';
    const second = store.open(token('reviews', 'b'));
    await clock.advance(1000);
    expect([state(first), state(second)]).toEqual(['key 1', 'waiting']);
    citadel.state = 'up';
    await clock.advance(2000);
    expect([state(first), state(second)]).toEqual(['key 1', 'key 1']);
    expect(store.workloads()).toHaveLength(1);
  });

  it('of another identity has another key', async () => {
    const { clock, store, token } = setUp();
    const leases = [store.open(token('reviews')), store.open(token('ratings'))];
    await clock.advance(0);
    expect(leases.map(state)).toEqual(['key 1', 'key 2']);
  });

  it('ends with its token, and never serves a longer time', async () => {
    const { clock, store, token } = setUp();
    const old = token('reviews', 'old');
    const lease = store.open(old);
    await clock.advance(0);
    await clock.advance(HOUR - 1);
    expect(state(lease)).toMatch(/^key/);
    await clock.advance(1);
    expect(state(lease)).toBe('the token has expired');
    expect(() => store.open(old)).toThrow('the token has expired');
  });

  it('ends when citadel refuses the token, which is asked anew next time', async () => {
    const { clock, citadel, store, token } = setUp();
    const one = token();
    citadel.state = 'denying';
    const refused = store.open(one);
    await clock.advance(0);
    expect(state(refused)).toBe('the token was not accepted');
    citadel.state = 'up';
    const accepted = store.open(one);
    await clock.advance(0);
    expect(state(accepted)).toBe('key 1');
  });

  it('ends when citadel no longer accepts its token at a renewal; another token of the identity goes on', async () => {
    const { clock, citadel, store, token } = setUp();
    const lease = store.open(token('reviews', 'a'));
    await clock.advance(0);
    citadel.state = 'denying';
    await clock.advance(MINUTE / 2);
    expect(state(lease)).toBe('the token was not accepted');
    citadel.state = 'up';
    const next = store.open(token('reviews', 'b'));
    await clock.advance(0);
    expect(state(next)).toBe('key 2');
  });

  it.each(['', 'x', 'a.b.c', `${Buffer.from('{}').toString('base64url')}.e30.x`, 'x'.repeat(10_000)])(
    'is not given for %j',
    (token) => {
      expect(() => setUp().store.open(token)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    },
  );

  it('is not given beyond the limit of tokens', () => {
    const { store, token } = setUp({ maxTokens: 1 });
    store.open(token('reviews', 'a'));
    expect(() => store.open(token('reviews', 'b'))).toThrow(
      expect.objectContaining({ code: 'resource_exhausted' }),
    );
  });

  it('that is closed is remembered for a minute, so that a proxy may come back', async () => {
    const { clock, citadel, store, token } = setUp({ lifetimeMs: HOUR });
    const one = token();
    const lease = store.open(one);
    await clock.advance(0);
    lease.close();
    await clock.advance(59_000);
    const again = store.open(one);
    expect([state(again), citadel.calls]).toEqual(['key 1', 1]);
    again.close();
    await clock.advance(MINUTE);
    expect(store.workloads()).toEqual([]);
    expect(clock.pending()).toBe(0);
  });
});

describe('renewal', () => {
  it.each([
    [0, 0.5],
    [0.999, 0.4],
  ])('with random number %d begins after %d of the life', async (random, share) => {
    const { clock, citadel, store, token } = setUp({ random: () => random, lifetimeMs: 100_000 });
    const lease = store.open(token());
    await clock.advance(0);
    await clock.advance(share * 100_000 - 1);
    expect([state(lease), citadel.calls]).toEqual(['key 1', 1]);
    await clock.advance(100);
    expect([state(lease), citadel.calls]).toEqual(['key 2', 2]);
  });

  const outages = (['refusing', 'hanging'] as const).flatMap((kind) =>
    Array.from({ length: 10 }, (_, tenth) => [kind, tenth] as const),
  );
  it.each(outages)(
    'outlives a citadel that is away (%s) for four tenths of a life from point %d/10 on',
    async (kind, tenth) => {
      for (const random of [0, 0.5, 0.999]) {
        const { clock, citadel, store, token, told } = setUp({ random: () => random });
        const lease = store.open(token());
        await clock.advance(0);
        await clock.advance(5 * MINUTE + (tenth * MINUTE) / 10);
        citadel.state = kind;
        await clock.advance(0.4 * MINUTE);
        citadel.state = 'up';
        await clock.advance(5 * MINUTE);
        expect(state(lease)).toMatch(/^key/);
        expect(told.filter((line) => line.startsWith('expired'))).toEqual([]);
      }
    },
  );

  it('outlives such an outage at any moment, whatever the lifetime and the dice, with time to spare', async () => {
    const lifetime = fc.integer({ min: 10_000, max: 100 * HOUR });
    const begin = fc.double({ min: 0, max: 1, noNaN: true });
    const dice = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 20 });
    const kind = fc.constantFrom('refusing' as const, 'hanging' as const);
    await fc.assert(
      fc.asyncProperty(lifetime, begin, dice, kind, async (lifetimeMs, share, rolls, how) => {
        let roll = 0;
        const random = () => rolls[roll++ % rolls.length] ?? 0;
        const { clock, citadel, store } = setUp({ lifetimeMs, random });
        const lease = store.open(fakeToken('reviews', clock.now() + 1000 * lifetimeMs));
        await clock.advance(0);
        await clock.advance(lifetimeMs * (1 + share));
        citadel.state = how;
        await clock.advance(0.4 * lifetimeMs);
        const [workload] = store.workloads();
        const end = workload?.notAfter ?? 0;
        citadel.state = 'up';
        await clock.advance(0.06 * lifetimeMs);
        const renewed = (workload?.notAfter ?? 0) > end;
        const due = end - clock.now() < 0.5 * lifetimeMs;
        expect(state(lease)).toMatch(/^key/);
        expect(renewed || !due).toBe(true);
        expect((workload?.notAfter ?? 0) - clock.now()).toBeGreaterThan(0.03 * lifetimeMs);
        store.stop();
      }),
      { numRuns: 60 },
    );
  });

  it('that fails is told once; an expired certificate is reported and no longer handed out, and a late one is taken', async () => {
    const { clock, citadel, store, token, told } = setUp();
    const lease = store.open(token());
    await clock.advance(0);
    citadel.state = 'refusing';
    await clock.advance(MINUTE - 1);
    expect([state(lease), told]).toEqual(['key 1', [`failing ${REVIEWS}`]]);
    await clock.advance(1);
    expect([state(lease), told]).toEqual(['expired', [`failing ${REVIEWS}`, `expired ${REVIEWS}`]]);
    citadel.state = 'up';
    await clock.advance(2000);
    expect(state(lease)).toBe('key 2');
  });

  it('reports expiry also when the last token ended before', async () => {
    const { clock, citadel, store, told } = setUp();
    store.open(fakeToken('reviews', clock.now() + 10_000));
    await clock.advance(0);
    citadel.state = 'refusing';
    await clock.advance(MINUTE);
    expect(told).toEqual([`expired ${REVIEWS}`]);
    expect(store.workloads()).toEqual([]);
  });

  it('uses the token that lives longest', async () => {
    const { clock, citadel, store } = setUp();
    const late = fakeToken('reviews', clock.now() + 2 * HOUR);
    store.open(fakeToken('reviews', clock.now() + HOUR));
    store.open(late);
    await clock.advance(0);
    await clock.advance(MINUTE / 2);
    expect(citadel.signed.at(-1)).toBe(late);
  });
});
