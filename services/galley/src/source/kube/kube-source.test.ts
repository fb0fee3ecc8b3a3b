import type { ResourceType } from '@quintet/kube';
import { createFakeApiServer, type FakeApiServer } from '@quintet/kube/testing';
import { createMetrics } from '@quintet/runtime';
import { createManualClock } from '@quintet/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { readKubernetes } from '../../testing/read-kubernetes.ts';
import { KUBE_METRICS } from './kube-metrics.ts';
import type { KubeSourceOptions } from './kube-source.ts';

const type = (group: string, kind: string, plural: string, version = 'v1'): ResourceType => {
  return {
    group,
    version,
    kind,
    plural,
    scope: ['Node', 'Namespace'].includes(kind) ? 'cluster' : 'namespace',
  };
};
const GATEWAYS = type('networking.istio.io', 'Gateway', 'gateways', 'v1alpha3');
const CORE = [
  type('', 'Secret', 'secrets'),
  type('', 'Service', 'services'),
  type('', 'Pod', 'pods'),
  type('', 'Node', 'nodes'),
  type('', 'Namespace', 'namespaces'),
  type('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
];

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function fakeServer(types: readonly ResourceType[]): Promise<FakeApiServer> {
  const server = await createFakeApiServer(types);
  ending.push(server.close);
  return server;
}

async function read(server: FakeApiServer, options: Partial<KubeSourceOptions> = {}) {
  const reader = await readKubernetes(server.access, options);
  ending.push(reader.stop);
  return reader;
}

const gateway = (name: string, spec: object = {}, metadata: object = {}) => ({
  metadata: { namespace: 'shop', name, ...metadata },
  spec: {
    selector: { app: 'x' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    ...spec,
  },
});

describe('Kubernetes as a source', () => {
  it('hands over everything at once, and that it is synced; missing types are nothing to wait for', async () => {
    const server = await fakeServer([...CORE, GATEWAYS]);
    for (const name of ['a', 'b', 'c']) server.put('gateways', gateway(name));
    const { batches, health } = await read(server);
    await expect.poll(() => batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ source: 'kube', synced: true, removed: [] });
    expect(batches[0]?.put.map((item) => item.key)).toEqual([
      'Gateway/shop/a',
      'Gateway/shop/b',
      'Gateway/shop/c',
    ]);
    expect(health()).toEqual({ state: 'ok' });
  });

  it('counts which objects it could take', async () => {
    const server = await fakeServer([...CORE, GATEWAYS]);
    for (const name of ['a', 'b']) server.put('gateways', gateway(name));
    server.put('gateways', gateway('bad', { servers: 'none' }));
    const metrics = createMetrics();
    const { batches } = await read(server, { metrics: metrics.create(KUBE_METRICS) });
    await expect.poll(() => batches).toHaveLength(1);
    const labels = 'apiVersion="v1alpha3",group="networking.istio.io",kind="Gateway"';
    const text = await metrics.text();
    expect(text).toContain(`galley_source_kube_dynamic_converter_success_total{${labels}} 2\n`);
    expect(text).toContain(
      `galley_source_kube_dynamic_converter_failure_total{${labels},error="IST0106"} 1\n`,
    );
  });

  it('hands over an object that is wrong without the object, with what is wrong', async () => {
    const server = await fakeServer([...CORE, GATEWAYS]);
    server.put('gateways', gateway('good', { colour: 'red' }));
    server.put('gateways', gateway('bad', { servers: 'none' }));
    const { batches } = await read(server);
    await expect.poll(() => batches).toHaveLength(1);
    const [bad, good] = batches[0]?.put ?? [];
    expect(bad).toMatchObject({
      key: 'Gateway/shop/bad',
      issues: [{ code: 'IST0106', severity: 'error', path: 'spec.servers' }],
    });
    expect(bad).not.toHaveProperty('object');
    // The API server took the field: it is told of and read over.
    expect(good).toMatchObject({
      object: { kind: 'Gateway', namespace: 'shop', name: 'good' },
      issues: [{ severity: 'warning', path: 'spec.colour' }],
    });
    expect(JSON.stringify([bad?.kind === 'config' && bad.issues])).not.toContain('origin":');
  });

  it('gives a version by content: a status that is written changes nothing', async () => {
    const server = await fakeServer([...CORE, GATEWAYS]);
    server.put('gateways', gateway('a'));
    const { batches } = await read(server);
    await expect.poll(() => batches).toHaveLength(1);
    server.put('gateways', { ...gateway('a'), status: { seen: true } });
    await expect.poll(() => batches).toHaveLength(2);
    server.put('gateways', gateway('a', { selector: { app: 'y' } }));
    await expect.poll(() => batches).toHaveLength(3);
    const versions = batches.map(({ put: [item] }) => item?.object?.version);
    expect(versions[0]).toBeDefined();
    expect(versions[1]).toBe(versions[0]);
    expect(versions[2]).not.toBe(versions[0]);
  });

  it('joins what changes in quick succession', async () => {
    const server = await fakeServer([...CORE, GATEWAYS]);
    const { batches } = await read(server, { quietMs: 100, maxMs: 1_000 });
    await expect.poll(() => batches).toHaveLength(1);
    for (const name of ['a', 'b', 'c', 'd']) server.put('gateways', gateway(name));
    server.put('gateways', gateway('a', { selector: { app: 'y' } }));
    server.remove('gateways', 'shop/b');
    await expect.poll(() => batches).toHaveLength(2);
    expect(batches[1]?.put.map((item) => item.key)).toEqual([
      'Gateway/shop/a',
      'Gateway/shop/c',
      'Gateway/shop/d',
    ]);
    expect(batches[1]?.removed).toEqual(['Gateway/shop/b']);
  });

  it('waits for what it may not read, and says so', async () => {
    const server = await fakeServer([...CORE, GATEWAYS]);
    const { health, batches } = await read(server);
    server.failNext(10_000, { status: 403 });
    await expect.poll(() => health().detail).toContain('403');
    expect(health().state).toBe('failed');
    expect(batches).toEqual([]);
  });

  it('reads Endpoints only where there are no slices', async () => {
    const endpoints = type('', 'Endpoints', 'endpoints');
    const object = { metadata: { namespace: 'shop', name: 'a' }, subsets: [] };
    const both = await fakeServer([...CORE, endpoints]);
    both.put('endpoints', object);
    const first = await read(both, { serviceDiscovery: true });
    await expect.poll(() => first.batches).toHaveLength(1);
    expect(first.batches[0]?.put).toEqual([]);
    const old = await fakeServer([...CORE.filter(({ plural }) => plural !== 'endpointslices'), endpoints]);
    old.put('endpoints', object);
    const second = await read(old, { serviceDiscovery: true });
    await expect.poll(() => second.batches).toHaveLength(1);
    expect(second.batches[0]?.put).toMatchObject([{ kind: 'native', key: 'Endpoints/shop/a' }]);
  });

  it('tells of an object of Kubernetes that it cannot read, and when it can', async () => {
    const server = await fakeServer(CORE);
    server.put('services', { metadata: { namespace: 'shop', name: 'a' }, spec: { ports: 'none' } });
    const { batches } = await read(server);
    await expect.poll(() => batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ put: [], issues: [{ path: 'spec.ports', resource: { name: 'a' } }] });
    server.put('services', { metadata: { namespace: 'shop', name: 'a' }, spec: { ports: [] } });
    await expect.poll(() => batches).toHaveLength(2);
    expect(batches[1]).toMatchObject({ put: [{ key: 'Service/shop/a' }], issues: [] });
  });
});

describe('a Secret of another cluster', () => {
  const secret = (name: string, clusters: Record<string, string>) => ({
    metadata: { namespace: 'istio-system', name, labels: { 'istio/multiCluster': 'true' } },
    data: Object.fromEntries(
      Object.entries(clusters).map(([id, text]) => [id, Buffer.from(text).toString('base64')]),
    ),
  });

  it.each([
    ['is no kubeconfig', 'nonsense', 'expected a map'],
    [
      'would run a program',
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: 'https://other.test' } }],
        users: [{ name: 'u', user: { exec: { command: '/bin/sh' } } }],
      }),
      '"exec" is refused',
    ],
  ])('that %s is an issue and harms nobody', async (_, text, message) => {
    const server = await fakeServer([...CORE, GATEWAYS]);
    server.put('gateways', gateway('a'));
    server.put('secrets', secret('east', { east: text }));
    const { batches, health } = await read(server, { serviceDiscovery: true });
    await expect
      .poll(() => batches.flatMap((batch) => batch.issues ?? []))
      .toMatchObject([
        {
          code: 'QTT1007',
          resource: { kind: 'Secret', name: 'east' },
          message: expect.stringContaining(message),
        },
      ]);
    expect(batches[0]?.put.map((item) => item.key)).toContain('Gateway/shop/a');
    expect(health()).toEqual({ state: 'ok' });
    server.remove('secrets', 'istio-system/east');
    await expect.poll(() => batches.at(-1)?.issues).toEqual([]);
  });

  it('is waited for, but not for long', async () => {
    const server = await fakeServer(CORE);
    const unreachable = JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { token: 't' } }],
    });
    server.put('secrets', secret('east', { east: unreachable }));
    const clock = createManualClock();
    const { batches, health } = await read(server, {
      clock,
      serviceDiscovery: true,
      remoteClusterWaitMs: 20_000,
    });
    await expect.poll(() => health().detail).toContain('cluster east: ');
    expect([health().state, batches.length]).toEqual(['failed', 0]);
    await clock.advance(20_000);
    await expect.poll(() => batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ source: 'kube', synced: true });
    expect(health()).toMatchObject({
      state: 'degraded',
      detail: expect.stringContaining('cluster east: '),
    });
  });
});
