import { systemClock } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createKubeClient } from '../client/client.ts';
import { createFakeApiServer, type FakeApiServer } from '../testing/fake-api-server.ts';
import { createLeaderElection } from './leader-election.ts';
import { LEASES, readLease } from './lease.ts';

const LEASE = { namespace: 'istio-system', name: 'galley-status' };
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function candidates() {
  const server = await createFakeApiServer([LEASES]);
  ending.push(() => server.close());
  const clock = createManualClock();
  const log = createMemoryLog();
  const join = async (identity: string) => {
    const client = createKubeClient({ access: server.access, clock: systemClock, userAgent: identity });
    const signals: AbortSignal[] = [];
    const election = createLeaderElection({
      ...{ client, lease: LEASE, identity, clock, random: () => 0, log },
      onLead: (signal) => signals.push(signal),
    });
    await election.start();
    ending.push(() => election.stop());
    return { election, signals };
  };
  return { server, clock, log, join };
}

const holder = (server: FakeApiServer) =>
  readLease({ json: server.objects.get('leases', `${LEASE.namespace}/${LEASE.name}`) }).holder;

describe('a leader election', () => {
  it('has one leader, who goes on renewing', async () => {
    const { server, clock, join } = await candidates();
    const a = await join('a');
    await expect.poll(() => a.election.isLeader()).toBe(true);
    const b = await join('b');
    const version = server.objects.version;
    for (let round = 0; round < 20; round++) {
      await clock.advance(2_000);
      await expect.poll(() => clock.pending()).toBe(2);
    }
    expect(server.objects.version).toBeGreaterThan(version + 15);
    expect([a.election.isLeader(), b.election.isLeader()]).toEqual([true, false]);
    expect(a.signals).toHaveLength(1);
  });

  it('says once a minute why the lease cannot be had, and when it can be had again', async () => {
    const { server, clock, log, join } = await candidates();
    server.failNext(1_000, { status: 403 });
    const { election } = await join('a');
    for (let ms = 0; ms < 100_000; ms += 2_000) {
      await expect.poll(() => clock.pending()).toBe(1);
      await clock.advance(2_000);
    }
    const about = (text: string) => log.lines.filter(({ message }) => message.includes(text));
    expect(about('lease cannot be renewed')).toMatchObject([
      { level: 'warn', fields: { lease: LEASE.name } },
      { level: 'warn', fields: { lease: LEASE.name, failures: 31 } },
    ]);
    expect(election.isLeader()).toBe(false);
    server.failNext(0, { status: 200 });
    await expect.poll(() => clock.pending()).toBe(1);
    await clock.advance(2_000);
    await expect.poll(() => election.isLeader()).toBe(true);
    expect(about('renewed again')).toMatchObject([{ level: 'info', fields: { lease: LEASE.name } }]);
  });

  it('changes over at once when the leader stops', async () => {
    const { server, clock, join } = await candidates();
    const a = await join('a');
    await expect.poll(() => a.election.isLeader()).toBe(true);
    const b = await join('b');
    await expect.poll(() => clock.pending()).toBe(2);
    await a.election.stop();
    expect(a.signals[0]?.aborted).toBe(true);
    await clock.advance(2_000);
    await expect.poll(() => b.election.isLeader()).toBe(true);
    expect(holder(server)).toBe('b');
  });

  it('has no leader who cannot renew, and another one only when the lease is over', async () => {
    const { server, clock, join } = await candidates();
    const a = await join('a');
    await expect.poll(() => a.election.isLeader()).toBe(true);
    server.failNext(1_000, { status: 500 });
    for (let ms = 0; ms < 10_000; ms += 1_000) {
      await expect.poll(() => clock.pending()).toBe(1);
      await clock.advance(1_000);
    }
    await expect.poll(() => a.election.isLeader()).toBe(false);
    expect(a.signals[0]?.aborted).toBe(true);
    await a.election.stop();
    server.failNext(0, { status: 200 });
    const b = await join('b');
    await expect.poll(() => clock.pending()).toBe(1);
    expect(b.election.isLeader()).toBe(false);
    for (let ms = 0; ms < 16_000; ms += 2_000) {
      await expect.poll(() => clock.pending()).toBe(1);
      await clock.advance(2_000);
    }
    await expect.poll(() => b.election.isLeader()).toBe(true);
  });
});
