import { systemClock } from '@quintet/runtime';
import { createManualClock, type ManualClock } from '@quintet/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createKubeClient } from '../client/client.ts';
import { createDiscovery } from '../client/discovery.ts';
import { createFakeApiServer, type FakeApiServer, type FakeType } from '../testing/fake-api-server.ts';
import { createReflector, type Reflector } from './reflector.ts';
import type { ReflectorChange, ReflectorState, ReflectorTimes } from './reflector-options.ts';

const GATEWAYS: FakeType = {
  group: 'networking.istio.io',
  version: 'v1',
  plural: 'gateways',
  kind: 'Gateway',
  scope: 'namespace',
};

const gateway = (name: string, more = {}) => ({ metadata: { name, namespace: 'a' }, spec: more });

type Following = {
  readonly server: FakeApiServer;
  readonly clock: ManualClock;
  readonly reflector: Reflector;
  /** What was handed over, as name and version. */
  readonly held: Map<string, string>;
  readonly changes: ReflectorChange<string>[];
  readonly states: ReflectorState[];
  readonly told: string[];
  /** Waits until what was handed over is what the server has. */
  caughtUp(): PromiseLike<void>;
};

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function follow(
  options: {
    types?: FakeType[];
    before?: (server: FakeApiServer) => void;
    times?: Partial<ReflectorTimes>;
    pageSize?: number;
  } = {},
): Promise<Following> {
  const server = await createFakeApiServer(options.types ?? [GATEWAYS]);
  options.before?.(server);
  const clock = createManualClock();
  const client = createKubeClient({ access: server.access, clock: systemClock, userAgent: 'test' });
  const held = new Map<string, string>();
  const changes: ReflectorChange<string>[] = [];
  const states: ReflectorState[] = [];
  const told: string[] = [];
  const reflector = createReflector<string>({
    client,
    discovery: createDiscovery({ client, clock }),
    type: { ...GATEWAYS, versions: ['v1', 'v1alpha3'] },
    decode: (object) => object.resourceVersion,
    onChange(change) {
      changes.push(change);
      for (const { key, value } of change.put) held.set(key, value);
      for (const key of change.removed) held.delete(key);
    },
    onState: (state) => states.push(state),
    clock,
    random: () => 0.5,
    pageSize: options.pageSize ?? 2,
    times: { auditMs: 0, ...options.times },
    observer: {
      listed: ({ why, objects }) => told.push(`listed ${objects} ${why}`),
      failed: ({ waitMs }) => told.push(`failed ${waitMs}`),
      stalled: () => told.push('stalled'),
      lost: ({ keys }) => told.push(`lost ${keys}`),
      event: ({ event }) => told.push(event),
    },
  });
  await reflector.start();
  ending.push(async () => {
    await reflector.stop();
    await server.close();
  });
  const caughtUp = () =>
    expect
      .poll(() => [...held].sort().join() === [...server.objects.versions('gateways')].sort().join())
      .toBe(true);
  return { server, clock, reflector, held, changes, states, told, caughtUp };
}

const watching = (server: FakeApiServer) => expect.poll(() => server.watches()).toBe(1);
const fill = (names: string) => (server: FakeApiServer) => {
  for (const name of names) server.put('gateways', gateway(name));
};

describe('a reflector', () => {
  it('hands over a list in pages at once, then events one by one', async () => {
    const { server, caughtUp, changes, told, reflector, states } = await follow({ before: fill('abcde') });
    await caughtUp();
    await watching(server);
    expect(changes.map((change) => change.put.length)).toEqual([5]);
    expect(server.requests.filter((line) => line.includes('limit=2'))).toHaveLength(3);
    server.put('gateways', gateway('f'));
    server.put('gateways', gateway('a', { x: 1 }));
    server.remove('gateways', 'a/b');
    await caughtUp();
    expect(told).toEqual(['listed 5 first', 'put', 'put', 'removed']);
    expect(reflector.size()).toBe(5);
    expect(states).toEqual([{ kind: 'synced' }]);
  });

  it('resumes a watch that was cut where it ended, without a new list', async () => {
    const { server, clock, caughtUp, told } = await follow({ before: fill('ab') });
    await watching(server);
    server.cutWatches();
    server.put('gateways', gateway('c'));
    server.remove('gateways', 'a/a');
    await expect.poll(() => told.filter((line) => line.startsWith('failed'))).toHaveLength(1);
    await clock.advance(1000);
    await caughtUp();
    expect(told.filter((line) => line.startsWith('listed'))).toHaveLength(1);
  });

  it('resumes a watch that ended cleanly at once', async () => {
    const { server, caughtUp, told } = await follow({ before: fill('ab') });
    await watching(server);
    server.bookmark();
    server.endWatches();
    server.put('gateways', gateway('c'));
    await caughtUp();
    expect(told.filter((line) => line.startsWith('failed'))).toEqual([]);
  });

  it('lists anew when its place is forgotten, and hands over what differs, deletions too', async () => {
    const { server, clock, caughtUp, changes, told } = await follow({ before: fill('abcd') });
    await watching(server);
    server.cutWatches();
    server.put('gateways', gateway('e'));
    server.remove('gateways', 'a/a');
    server.put('gateways', gateway('b', { x: 1 }));
    server.objects.compact();
    await expect.poll(() => told.filter((line) => line.startsWith('failed'))).toHaveLength(1);
    await clock.advance(1000);
    await caughtUp();
    expect(changes.at(-1)).toMatchObject({ removed: ['a/a'], put: [{ key: 'a/b' }, { key: 'a/e' }] });
    expect(told).toContain('listed 4 gone');
  });

  it('begins a list anew that expires between two pages', async () => {
    let compacted = false;
    const { caughtUp, changes } = await follow({
      before: (server) => {
        fill('abcde')(server);
        const { requests } = server;
        const page = server.objects.at.bind(server.objects);
        server.objects.at = (plural, version) => {
          if (requests.at(-1)?.includes('continue') && !compacted) {
            compacted = true;
            server.put('gateways', gateway('z'));
            server.objects.compact();
          }
          return page(plural, version);
        };
      },
    });
    await caughtUp();
    expect(compacted).toBe(true);
    expect(changes.map((change) => change.put.length)).toEqual([6]);
  });

  it('takes no harm from events that come twice, from bookmarks of the past and from old events', async () => {
    const { server, clock, caughtUp, told } = await follow({ before: fill('ab') });
    await watching(server);
    const start = server.objects.version;
    server.faults.twice = true;
    server.put('gateways', gateway('a', { x: 1 }));
    server.put('gateways', gateway('c'));
    server.remove('gateways', 'a/c');
    server.bookmark(start);
    server.replay('gateways', server.objects.since('gateways', 0));
    server.put('gateways', gateway('d'));
    await caughtUp();
    server.cutWatches();
    await expect.poll(() => told.filter((line) => line.startsWith('failed'))).toHaveLength(1);
    server.put('gateways', gateway('e'));
    await clock.advance(1000);
    await caughtUp();
    expect(told.filter((line) => line === 'put')).toHaveLength(4);
    expect(told.filter((line) => line === 'removed')).toHaveLength(1);
  });

  it('cuts a watch that is silent for too long', async () => {
    const { server, clock, caughtUp, told } = await follow({ before: fill('ab') });
    await watching(server);
    await clock.advance(100_000);
    server.bookmark();
    await expect.poll(() => clock.untilNext()).toBe(150_000);
    server.faults.mute = true;
    server.put('gateways', gateway('c'));
    await clock.advance(149_000);
    expect(told).not.toContain('stalled');
    server.faults.mute = false;
    await clock.advance(1_001);
    await caughtUp();
    expect(told).toContain('stalled');
  });

  it('finds what a watch has lost by comparing with a fresh list, and repairs it', async () => {
    const { server, clock, caughtUp, told } = await follow({
      before: fill('abc'),
      times: { auditMs: 60_000, graceMs: 1_000 },
    });
    await watching(server);
    await clock.advance(60_000);
    expect(told).toEqual(['listed 3 first']);
    server.faults.lose = 3;
    server.remove('gateways', 'a/a');
    server.put('gateways', gateway('b', { x: 1 }));
    server.put('gateways', gateway('d'));
    server.put('gateways', gateway('e'));
    await expect.poll(() => told).toContain('put');
    const lists = () => server.requests.filter((line) => line.includes('limit=')).length;
    const before = lists();
    await clock.advance(60_000);
    await expect.poll(lists).toBeGreaterThan(before + 1);
    await expect.poll(() => clock.untilNext()).toBe(1_000);
    await clock.advance(1_000);
    await caughtUp();
    expect(told).toContain('lost a/b,a/d,a/a');
    expect(told).toContain('listed 4 lost');
  });

  it('waits as the API server asks', async () => {
    const { server, clock, caughtUp, told, states } = await follow({
      before: (server) => {
        fill('a')(server);
        server.failNext(1, { status: 429, retryAfterSeconds: 7 });
      },
    });
    await expect.poll(() => told).toEqual(['failed 7000']);
    expect(states).toMatchObject([{ kind: 'starting', detail: expect.stringContaining('429') }]);
    await clock.advance(7_000);
    await caughtUp();
    expect(server.watches()).toBeLessThanOrEqual(1);
  });

  it('says that it is stale when its watch cannot be had again, and keeps what it has', async () => {
    const { server, clock, held, states, told } = await follow({ before: fill('ab') });
    await watching(server);
    server.failNext(1000, { status: 403 });
    server.cutWatches();
    for (let failures = 1; failures <= 3; failures++) {
      await expect.poll(() => told.filter((line) => line.startsWith('failed'))).toHaveLength(failures);
      await clock.advance(clock.untilNext() ?? 0);
    }
    expect(states.at(-1)).toMatchObject({ kind: 'stale', detail: expect.stringContaining('403') });
    expect(held.size).toBe(2);
    server.failNext(0, { status: 200 });
    await clock.advance(60_000);
    await expect.poll(() => states.at(-1)).toEqual({ kind: 'synced' });
  });
});

describe('a type that is missing', () => {
  it('is nothing to wait for, and is picked up when it comes', async () => {
    const { server, clock, caughtUp, states, reflector } = await follow({ types: [] });
    await expect.poll(() => states).toEqual([{ kind: 'absent' }]);
    server.addType(GATEWAYS);
    server.put('gateways', gateway('a'));
    await clock.advance(40_000);
    await caughtUp();
    expect(reflector.state()).toEqual({ kind: 'synced' });
  });

  it('is found at once by whoever knows that it came, in the version that is served', async () => {
    const { server, clock, caughtUp, states, reflector } = await follow({ types: [] });
    await expect.poll(() => states).toEqual([{ kind: 'absent' }]);
    await clock.advance(1_000);
    server.addType({ ...GATEWAYS, version: 'v1alpha3' });
    server.put('gateways', gateway('a'));
    reflector.wake();
    await caughtUp();
    expect(server.requests.some((line) => line.includes('/v1alpha3/gateways?watch'))).toBe(true);
  });

  it('takes its objects with it when it goes, but not when it is away for a moment', async () => {
    const { server, clock, held, caughtUp, states } = await follow({ before: fill('ab') });
    await watching(server);
    const goAway = async () => {
      server.removeType('gateways');
      await expect.poll(() => clock.untilNext(), { interval: 5 }).toBeLessThan(1_000);
      await clock.advance(clock.untilNext() ?? 0);
      await expect.poll(() => clock.untilNext()).toBeDefined();
    };
    await goAway();
    server.addType(GATEWAYS);
    await clock.advance(3_000);
    await clock.advance(3_000);
    await caughtUp();
    await watching(server);
    expect(held.size).toBe(2);
    server.removeType('gateways');
    await expect
      .poll(async () => {
        await clock.advance(1_000);
        return states.at(-1);
      })
      .toEqual({ kind: 'absent' });
    expect(held.size).toBe(0);
  });
});
