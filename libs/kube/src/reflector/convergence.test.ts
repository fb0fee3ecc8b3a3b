import { systemClock } from '@quintet/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKubeClient } from '../client/client.ts';
import { createDiscovery } from '../client/discovery.ts';
import { createFakeApiServer, type FakeApiServer, type FakeType } from '../testing/fake-api-server.ts';
import { createReflector } from './reflector.ts';

const SIDECARS: FakeType = {
  ...{ group: 'networking.istio.io', version: 'v1', plural: 'sidecars', kind: 'Sidecar', scope: 'namespace' },
};

/** What may happen to an API server and the way to it. */
const STEPS: Readonly<Record<string, (server: FakeApiServer, name: string) => void>> = {
  put: (server, name) => server.put('sidecars', { metadata: { name, namespace: 'n' }, spec: {} }),
  remove: (server, name) => {
    if (server.objects.versions('sidecars').has(`n/${name}`)) server.remove('sidecars', `n/${name}`);
  },
  cut: (server) => server.cutWatches(),
  end: (server) => server.endWatches(),
  compact: (server) => server.objects.compact(),
  bookmark: (server) => server.bookmark(),
  'bookmark of the past': (server) => server.bookmark(11),
  'everything again': (server) => {
    try {
      server.replay('sidecars', server.objects.since('sidecars', 0));
    } catch {
      // Forgotten: nothing to replay.
    }
  },
  'a failure': (server) => server.failNext(1, { status: 500 }),
  'all twice': (server) => {
    server.faults.twice = !server.faults.twice;
  },
};

const steps = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('put', 'remove') },
      fc.constantFrom(...Object.keys(STEPS)),
    ),
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.boolean(),
  ),
  { maxLength: 25 },
);

describe('whatever happens to the watch', () => {
  it('what was handed over becomes the state of the API server', async () => {
    await fc.assert(fc.asyncProperty(steps, fc.nat(), converges), { numRuns: 40 });
  }, 60_000);
});

async function converges(what: readonly (readonly [string, string, boolean])[], seed: number): Promise<void> {
  const server = await createFakeApiServer([SIDECARS]);
  const client = createKubeClient({ access: server.access, clock: systemClock, userAgent: 'test' });
  const held = new Map<string, string>();
  const reflector = createReflector<string>({
    client,
    discovery: createDiscovery({ client, clock: systemClock }),
    type: { ...SIDECARS, versions: ['v1'] },
    decode: (object) => object.resourceVersion,
    onChange({ put, removed }) {
      for (const { key, value } of put) held.set(key, value);
      for (const key of removed) held.delete(key);
    },
    clock: systemClock,
    random: () => (seed % 100) / 100,
    pageSize: 2,
    times: { auditMs: 0, backoffMs: [1, 4] },
  });
  await reflector.start();
  try {
    for (const [step, name, breathe] of what) {
      STEPS[step]?.(server, name);
      if (breathe) await new Promise(setImmediate);
    }
    await expect
      .poll(() => [...held].sort().join() === [...server.objects.versions('sidecars')].sort().join(), {
        interval: 2,
      })
      .toBe(true);
  } finally {
    await reflector.stop();
    await server.close();
  }
}
