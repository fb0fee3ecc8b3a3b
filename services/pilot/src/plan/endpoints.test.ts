import { describe, expect, it } from 'vitest';
import { named, planOf, serviceYaml, sidecar, snapshotOf } from '../fixture/world.ts';
import type { EndpointGroup } from './cluster-types.ts';
import { endpointsFor } from './endpoints-for.ts';

const WEB = 'web.default.svc.cluster.local';
const SELECTION = { host: WEB, namespace: 'default', port: 9080, labels: {}, locality: '', failover: false };
const addresses = (groups: readonly EndpointGroup[]) =>
  groups.flatMap(({ endpoints }) =>
    endpoints.map(({ address }) =>
      address.kind === 'pipe' ? address.path : `${address.address}:${address.port}`,
    ),
  );

describe('the endpoints of a selection', () => {
  const snapshot = snapshotOf({
    yaml: serviceYaml({ name: 'web', endpoints: ['10.0.0.2', '10.0.0.1', '10.0.0.2'] }),
  });

  it('are sorted, each once', () => {
    expect(addresses(endpointsFor(snapshot, SELECTION))).toEqual(['10.0.0.1:9080', '10.0.0.2:9080']);
  });

  it.each([
    ['with labels', { labels: { version: 'v2' } }, ['10.0.0.1:9080']],
    ['of another port', { port: 1 }, []],
    ['of another namespace', { namespace: 'x' }, []],
    ['of an unknown service', { host: 'x' }, []],
  ])('%s', (_, parts, expected) =>
    expect(addresses(endpointsFor(snapshot, { ...SELECTION, ...parts }))).toEqual(expected),
  );

  it('leave out those that do not serve the port', () => {
    const yaml = serviceYaml({ name: 'web', endpoints: ['10.0.0.1', '10.0.0.2'] });
    const without = yaml.replace('address: 10.0.0.2', 'ports: {http: 0}, address: 10.0.0.2');
    expect(without).not.toBe(yaml);
    expect(addresses(endpointsFor(snapshotOf({ yaml: without }), SELECTION))).toEqual(['10.0.0.1:9080']);
  });

  it('carry ports by name, sockets, weights and who they are', () => {
    const yaml = `
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: web, namespace: default}
spec:
  hosts: [${WEB}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 9080, name: http, protocol: HTTP}]
  endpoints:
  - {address: 10.0.0.1, ports: {http: 8000}, weight: 5, labels: {security.istio.io/tlsMode: istio, quintet.io/workload-name: web-1}}
  - {address: 'unix:///run/web'}
`;
    expect(endpointsFor(snapshotOf({ yaml }), SELECTION)[0]?.endpoints).toMatchObject([
      { address: { kind: 'pipe', path: '/run/web' }, weight: 0, mutualTls: false },
      { address: { kind: 'ip', port: 8000 }, weight: 5, mutualTls: true, workload: { name: 'web-1' } },
    ]);
  });
});

describe('endpoints by locality', () => {
  const entry = (localities: readonly string[]) => `
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: web, namespace: default}
spec:
  hosts: [${WEB}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 9080, name: http, protocol: HTTP}]
  endpoints:
${localities.map((locality, index) => `  - {address: 10.0.0.${index + 1}, locality: ${locality}}`).join('\n')}
`;
  const ALL = ['eu/a/1', 'eu/a/2', 'eu/b/1', 'us/a/1', 'asia/a/1'];
  const place = (mesh: object, parts: object, localities: readonly string[] = ALL) =>
    endpointsFor(snapshotOf({ yaml: entry(localities), mesh: { localityLbSetting: mesh } }), {
      ...SELECTION,
      ...parts,
    }).map(
      ({ locality, priority, weight }) =>
        `${locality.region}/${locality.zone}/${locality.subzone} ${priority} ${weight}`,
    );

  it('are equal where nobody asks', () => {
    expect(place({}, {})).toEqual(['asia/a/1 0 1', 'eu/a/1 0 1', 'eu/a/2 0 1', 'eu/b/1 0 1', 'us/a/1 0 1']);
  });

  it('fail over to the next nearest', () => {
    expect(place({}, { locality: 'eu/a/1', failover: true })).toEqual([
      'asia/a/1 3 1',
      'eu/a/1 0 1',
      'eu/a/2 1 1',
      'eu/b/1 2 1',
      'us/a/1 3 1',
    ]);
  });

  it('fail over to the region that is named, and leave no gap', () => {
    const setting = { failover: [{ from: 'eu', to: 'us' }] };
    const far = ['eu/a/1', 'us/a/1', 'asia/a/1'];
    expect(place(setting, { locality: 'eu/a/1', failover: true }, far)).toEqual([
      'asia/a/1 2 1',
      'eu/a/1 0 1',
      'us/a/1 1 1',
    ]);
  });

  it('get the shares that are written, and nothing else does', () => {
    const setting = { distribute: [{ from: 'eu/*', to: { 'eu/a/*': 80, 'us/*': 20 } }] };
    expect(place(setting, { locality: 'eu/b/1' })).toEqual(['eu/a/1 0 40', 'eu/a/2 0 40', 'us/a/1 0 20']);
    expect(place(setting, { locality: 'us/a/1' })).toHaveLength(5);
  });

  it('are asked for by locality only where it matters', () => {
    const selection = (mesh: object, address = '10.9.9.9') => {
      const proxy = sidecar({ locality: 'eu/a/1', addresses: [address] });
      const plan = planOf({ yaml: entry(ALL), mesh }, proxy);
      const { discovery } = named(plan.clusters, `outbound|9080||${WEB}`);
      return discovery.kind === 'endpoints' ? discovery.selection : undefined;
    };
    expect(selection({})).toMatchObject({ locality: '', failover: false });
    const setting = { localityLbSetting: { distribute: [{ from: 'x', to: { y: 100 } }] } };
    expect(selection(setting)).toMatchObject({ locality: 'eu/a/1' });
    expect(selection(setting, '10.0.0.4')).toMatchObject({ locality: 'us/a/1' });
  });
});
