import { MESH_CONFIG, parseMeshConfig } from '@quintet/model';
import { CLUSTER_TYPE, ENDPOINT_TYPE, type Form, LISTENER_TYPE, ROUTE_TYPE } from '@quintet/xds';
import { afterEach, describe, expect, it } from 'vitest';
import { debugPages } from './debug/debug-pages.ts';
import { statusReply } from './status/status-reply.ts';
import { type PilotHarness, startPilot } from './testing/pilot-harness.ts';

const SERVICES = `
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: { name: reviews, namespace: default }
spec:
  hosts: [reviews.default.svc.cluster.local]
  addresses: [10.0.0.1]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 9080, name: http, protocol: HTTP }]
  endpoints:
  - { address: 10.1.0.1, labels: { version: v1 } }
  - { address: 10.1.0.2, labels: { version: v2 } }
`;
const SUBSETS = `
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: reviews, namespace: default }
spec:
  host: reviews.default.svc.cluster.local
  subsets:
  - { name: v1, labels: { version: v1 } }
  - { name: v2, labels: { version: v2 } }
`;
const routeTo = (subset: string) => `
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: reviews, namespace: default }
spec:
  hosts: [reviews.default.svc.cluster.local]
  http: [{ route: [{ destination: { host: reviews.default.svc.cluster.local, subset: ${subset} } }] }]
`;

const FILTER = `
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: lua, namespace: default }
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    patch: { operation: INSERT_BEFORE, value: { name: lua } }
`;

const ALL = 'outbound|9080||reviews.default.svc.cluster.local';
const V2 = 'outbound|9080|v2|reviews.default.svc.cluster.local';
const FORMS: readonly Form[] = ['sotw', 'delta'];

let harness: PilotHarness;
afterEach(() => harness.stop());

function page(path: string, query: Record<string, string> = {}): unknown {
  return debugPages(harness.pilot)
    .find((one) => one.path === path)
    ?.show({ query, params: {} });
}

describe.each(FORMS)('pilot as its proxies see it, %s', (form) => {
  it('hands out clusters, endpoints, listeners and routes, and every change of them', async () => {
    harness = await startPilot();
    const proxy = harness.connect({ form });
    harness.configure(SERVICES);
    await proxy.until(
      (held) => held.resources(ROUTE_TYPE).has('9080') && held.resources(ENDPOINT_TYPE).has(ALL),
    );
    expect(proxy.resources(LISTENER_TYPE).size).toBeGreaterThan(0);
    harness.configure(SERVICES + SUBSETS + routeTo('v2'));
    await proxy.until((held) => JSON.stringify([...held.resources(ROUTE_TYPE).values()], plain).includes(V2));
    expect(proxy.resources(CLUSTER_TYPE).has(V2)).toBe(true);
    await proxy.until((held) => held.resources(ENDPOINT_TYPE).has(V2));
    const endpoints = JSON.stringify(proxy.resources(ENDPOINT_TYPE).get(V2), plain);
    expect(endpoints).toContain('10.1.0.2');
    expect(endpoints).not.toContain('10.1.0.1');
    harness.configure(SERVICES);
    await proxy.until((held) => !held.resources(CLUSTER_TYPE).has(V2));
    const pushes = () =>
      harness.events.filter(({ type }) => type === 'push').map(({ attributes }) => attributes.node);
    await expect.poll(() => pushes().length).toBeGreaterThanOrEqual(3);
    expect(new Set(pushes())).toEqual(new Set(['sidecar~127.0.0.1~a.default~default.svc.cluster.local']));
  });

  it('sends endpoints alone when only they change', async () => {
    harness = await startPilot();
    harness.configure(SERVICES);
    const seen: string[] = [];
    const proxy = harness.connect({
      form,
      refuse(typeUrl) {
        seen.push(typeUrl);
        return undefined;
      },
    });
    await proxy.until(
      (held) => held.resources(ROUTE_TYPE).size > 0 && held.resources(ENDPOINT_TYPE).has(ALL),
    );
    seen.length = 0;
    harness.configure(SERVICES.replace('10.1.0.2', '10.1.0.3'));
    const text = () => JSON.stringify(proxy.resources(ENDPOINT_TYPE).get(ALL), plain);
    await proxy.until(() => text().includes('10.1.0.3'));
    expect(new Set(seen)).toEqual(new Set([ENDPOINT_TYPE]));
  });

  it('shows what a proxy refuses, with its words and the objects it came from', async () => {
    harness = await startPilot();
    const proxy = harness.connect({
      form,
      refuse: (_typeUrl, resources) =>
        resources.has(V2) ? `Error adding/updating cluster(s) ${V2}: not today` : undefined,
    });
    harness.configure(SERVICES);
    await proxy.until((held) => held.resources(ROUTE_TYPE).has('9080'));
    harness.configure(SERVICES + SUBSETS);
    const V1 = V2.replace('v2', 'v1');
    await proxy.until((held) => held.resources(CLUSTER_TYPE).has(V1));
    const { proxies, describe: tell } = harness.pilot;
    const [status] =
      statusReply({ instance: 'me', nodeId: '', proxies: proxies(), describe: tell }).proxies ?? [];
    const clusters = status?.types?.find(({ name }) => name === 'CDS');
    expect(clusters?.rejection).toMatchObject({
      error: expect.stringContaining('not today'),
      resources: [V2],
    });
    expect(clusters?.rejection?.objects).toContainEqual(
      expect.objectContaining({
        kind: 'DestinationRule',
        name: 'reviews',
        namespace: 'default',
        origin: 'test.yaml:16',
      }),
    );
    const nack = harness.events.find(({ type }) => type === 'nack');
    expect(nack?.message).toContain('not today');
    expect(nack?.attributes.objects).toContain('destinationrules/default/reviews');
  });

  it('answers the debug pages', async () => {
    harness = await startPilot();
    harness.configure(SERVICES);
    const proxy = harness.connect({ form });
    await proxy.until((held) => held.resources(ROUTE_TYPE).has('9080'));
    await expect
      .poll(() => page('/debug/syncz'))
      .toMatchObject([
        { proxy: 'a.default', cluster_sent: expect.stringMatching(/.+/), endpoint_percent: 100 },
      ]);
    const [row] = page('/debug/syncz') as { cluster_sent: string; cluster_acked: string }[];
    expect(row?.cluster_acked).toBe(row?.cluster_sent);
    expect(JSON.stringify(page('/debug/config_dump', { proxyID: 'a.default' }))).toContain(ALL);
    expect(page('/debug/configz')).toMatchObject([
      { kind: 'ServiceEntry', name: 'reviews', origin: 'test.yaml:2' },
    ]);
    expect(page('/debug/push_status')).toMatchObject({
      revision: 1,
      proxies: [{ proxy: 'a.default', issues: [] }],
    });
    expect(() => page('/debug/config_dump')).toThrow('proxyID');
    expect(() => page('/debug/config_dump', { proxyID: 'x.y' })).toThrow('no proxy');
  });
});

describe('pilot', () => {
  it('tells of what is wrong with the configuration, once', async () => {
    harness = await startPilot();
    const proxies = [harness.connect({ form: 'delta' }), harness.connect({ form: 'sotw' })];
    harness.configure(SERVICES + routeTo('nowhere'));
    for (const proxy of proxies) await proxy.until((held) => held.resources(ROUTE_TYPE).has('9080'));
    const told = harness.events.filter(({ type }) => type === 'config.issue').map(({ message }) => message);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told).size).toBe(told.length);
  });

  it('refuses what restricts access and is not realised, keeps its last version and takes everything else', async () => {
    harness = await startPilot();
    const proxy = harness.connect({ form: 'delta' });
    harness.configure(SERVICES + SUBSETS + routeTo('v2'));
    const routes = () => JSON.stringify([...proxy.resources(ROUTE_TYPE).values()], plain);
    await proxy.until(() => routes().includes(V2));
    const unrealised = SUBSETS.replace(
      '  subsets:',
      '  trafficPolicy: { tls: { mode: SIMPLE, caCrl: x } }\n  subsets:',
    );
    harness.configure(SERVICES + unrealised + routeTo('v1') + FILTER);
    await proxy.until(() => routes().includes(V2.replace('v2', 'v1')));
    expect(proxy.resources(CLUSTER_TYPE).has(V2)).toBe(true);
    const told = () => harness.events.filter(({ type }) => type === 'config.rejected');
    await expect.poll(() => told().length).toBe(2);
    expect(told()).toMatchObject([
      {
        resource: { kind: 'DestinationRule', namespace: 'default', name: 'reviews' },
        attributes: { code: 'QTT2002', path: 'spec.trafficPolicy.tls.caCrl' },
        message: expect.stringMatching(/^DestinationRule default\/reviews refused: .*caCrl.*last version/),
      },
      {
        resource: { kind: 'EnvoyFilter', namespace: 'default', name: 'lua' },
        message: expect.stringContaining('it has no effect'),
      },
    ]);
    const status = page('/debug/push_status');
    expect(status).toMatchObject({
      issues: [expect.stringContaining('caCrl'), expect.stringContaining('EnvoyFilter')],
      refused: [
        { name: 'reviews', inUse: expect.stringMatching(/.+/) },
        { name: 'lua', inUse: '' },
      ],
    });
    harness.configure(SERVICES + SUBSETS + routeTo('v1'));
    await expect.poll(() => page('/debug/push_status')).toMatchObject({ issues: [], refused: [] });
    expect(told()).toHaveLength(2);
  });

  it('hands out nothing before it has a mesh configuration that it realises', async () => {
    harness = await startPilot();
    const mesh = (text: string) => {
      const { object } = parseMeshConfig(text, { file: 'mesh' });
      const { collection } = MESH_CONFIG;
      harness.pilot.apply({
        collection,
        version: '',
        full: true,
        updated: object ? [object] : [],
        removed: [],
      });
    };
    harness.configure(SERVICES);
    mesh('meshMTLS: { minProtocolVersion: TLSV1_3 }');
    harness.connect({ form: 'sotw' });
    await expect.poll(() => harness.pilot.proxies()).toHaveLength(1);
    expect(harness.events.map(({ type }) => type)).toEqual(['config.rejected']);
    expect(harness.pilot.publisher.revision()).toBe(0);
    mesh('trustDomain: example.org');
    await expect.poll(() => harness.pilot.publisher.revision()).toBe(1);
  });

  it('refuses a node that it cannot read', async () => {
    harness = await startPilot();
    const proxy = harness.connect({ form: 'sotw', id: 'ingress~1.1.1.1~a.b~c' });
    await expect(proxy.until(() => false)).rejects.toThrow('node id');
  });
});

/** Bytes and big numbers as JSON can hold them. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return typeof value === 'bigint' ? String(value) : value;
}
