import { meshConfigWithDefaults } from '@quintet/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readObjects, router, serviceYaml, sidecar, snapshotOf } from '../fixture/world.ts';
import { planProxy } from '../plan/plan-proxy.ts';
import { scopeFor } from '../scope/scope-for.ts';
import { buildSnapshot } from './build-snapshot.ts';

const object = (kind: string, name: string, spec: string, group = 'networking.istio.io/v1alpha3') => `
---
apiVersion: ${group}
kind: ${kind}
metadata: {name: ${name}, namespace: default}
spec: ${spec}
`;
const WORLD = [
  serviceYaml({ name: 'web', endpoints: ['10.0.0.1', '10.0.0.2'] }),
  serviceYaml({ name: 'db', protocol: 'TCP' }),
  serviceYaml({ name: 'db2', protocol: 'TCP' }),
  serviceYaml({ name: 'web', namespace: 'other' }),
  object('VirtualService', 'b', '{hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]}'),
  object('VirtualService', 'a', '{hosts: [web], http: [{route: [{destination: {host: web, subset: v2}}]}]}'),
  object(
    'VirtualService',
    'edge',
    "{hosts: ['*'], gateways: [gw], http: [{route: [{destination: {host: web}}]}]}",
  ),
  object('DestinationRule', 'one', '{host: web, subsets: [{name: v1, labels: {version: v1}}]}'),
  object(
    'DestinationRule',
    'two',
    '{host: web, subsets: [{name: v1, labels: {x: y}}, {name: v2, labels: {version: v2}}]}',
  ),
  object('Gateway', 'gw', "{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ['*']}]}"),
  object('Gateway', 'gw2', "{servers: [{port: {number: 80, name: a, protocol: TCP}, hosts: ['*']}]}"),
  object('Sidecar', 'y', "{egress: [{hosts: ['*/*']}]}"),
  object('Sidecar', 'x', "{egress: [{hosts: ['*/*']}]}"),
  object('Policy', 'default', '{peers: [{mtls: {}}]}', 'authentication.istio.io/v1alpha1'),
  object('AuthorizationPolicy', 'p', '{rules: [{}]}', 'security.istio.io/v1beta1'),
].join('');

describe('a snapshot', () => {
  it('does not depend on the order of the objects', () => {
    const objects = readObjects(WORLD);
    const build = (list: typeof objects) => {
      const snapshot = buildSnapshot({ objects: list, meshConfig: meshConfigWithDefaults() });
      return [sidecar(), router()].map((proxy) => planProxy(scopeFor(snapshot, proxy)));
    };
    const expected = build(objects);
    fc.assert(
      fc.property(fc.shuffledSubarray([...objects], { minLength: objects.length }), (shuffled) => {
        expect(build(shuffled)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('keeps the parts that did not change as the same objects', () => {
    const first = snapshotOf({ yaml: WORLD });
    const second = snapshotOf({ yaml: WORLD, previous: first });
    for (const part of [
      'mesh',
      'virtualServices',
      'destinationRules',
      'gateways',
      'sidecars',
      'references',
    ] as const) {
      expect(second[part], part).toBe(first[part]);
    }
    expect(second.authorization).toBe(first.authorization);
    expect(second.registry.services).toBe(first.registry.services);
    expect(second.registry.endpoints).toBe(first.registry.endpoints);
  });

  it('changes only the endpoints when endpoints come and go', () => {
    const first = snapshotOf({ yaml: WORLD });
    const yaml = WORLD.replace('address: 10.0.0.2', 'address: 10.0.0.3');
    const second = snapshotOf({ yaml, previous: first });
    expect(second.registry.services).toBe(first.registry.services);
    expect(second.registry.endpoints).not.toBe(first.registry.endpoints);
    expect([...second.registry.endpoints.byAddress.keys()]).toContain('10.0.0.3');
    const proxy = sidecar({ addresses: ['10.9.9.9'] });
    expect(scopeFor(second, proxy).key).toBe(scopeFor(first, proxy).key);
  });

  it('changes only the services that changed', () => {
    const first = snapshotOf({ yaml: WORLD });
    const second = snapshotOf({ yaml: WORLD + serviceYaml({ name: 'new' }), previous: first });
    expect(second.registry.services).not.toBe(first.registry.services);
    expect(
      second.registry.services.services.filter((one) => !first.registry.services.services.includes(one)),
    ).toMatchObject([{ name: 'new' }]);
    expect(second.virtualServices).toBe(first.virtualServices);
  });

  it('changes everything that follows the mesh config', () => {
    const first = snapshotOf({ yaml: WORLD });
    const second = snapshotOf({ yaml: WORLD, mesh: { defaultServiceExportTo: ['.'] }, previous: first });
    expect(second.registry.services).not.toBe(first.registry.services);
    expect(second.gateways).toBe(first.gateways);
  });
});

describe('the issues of a snapshot', () => {
  const issues = (yaml: string) =>
    snapshotOf({ yaml }).issues.map(({ code, path, resource }) => `${code} ${resource?.name} ${path}`);

  it('are conflicts, the oldest being right', () => {
    expect(issues(WORLD)).toEqual([
      'QTT3001 two spec.subsets[0].name',
      'IST0111 y spec',
      'IST0109 b spec.hosts[0]',
    ]);
  });

  it.each([
    [
      'host',
      '{hosts: [a.com], http: [{route: [{destination: {host: nobody}}]}]}',
      'spec.http[0].route[0].destination.host',
    ],
    [
      'subset',
      '{hosts: [a.com], http: [{route: [{destination: {host: web, subset: v9}}]}]}',
      'spec.http[0].route[0].destination.subset',
    ],
    [
      'port',
      '{hosts: [a.com], tcp: [{route: [{destination: {host: web, port: {number: 1}}}]}]}',
      'spec.tcp[0].route[0].destination.port.number',
    ],
    ['mirror', '{hosts: [a.com], http: [{mirror: {host: nobody}}]}', 'spec.http[0].mirror.host'],
    [
      'gateway',
      '{hosts: [a.com], gateways: [mesh, none], http: [{directResponse: {status: 200}}]}',
      'spec.gateways[1]',
    ],
  ])('are references to nothing: %s', (_, spec, path) => {
    const yaml = serviceYaml({ name: 'web' }) + object('VirtualService', 'v', spec);
    expect(issues(yaml)).toEqual([`IST0101 v ${path}`]);
  });

  it('are servers of mixer that nobody knows', () => {
    const server = 'istio-policy.istio-system.svc.cluster.local:9091';
    const mixer = serviceYaml({
      name: 'istio-policy',
      namespace: 'istio-system',
      port: 9091,
      protocol: 'GRPC',
    });
    const found = (yaml: string, mixerCheckServer: string) =>
      snapshotOf({ yaml, mesh: { mixerCheckServer } }).issues.map(({ code, path }) => `${code} ${path}`);
    expect(found(mixer, server)).toEqual([]);
    expect(found('', server)).toEqual(['IST0101 mixerCheckServer']);
    expect(found(mixer, server.replace('9091', '1'))).toEqual(['IST0101 mixerCheckServer']);
    expect(found(mixer, 'istio-policy')).toEqual(['IST0101 mixerCheckServer']);
    expect(found(mixer, server.replace(':9091', ''))).toEqual([]);
  });

  it('say where the object stands', () => {
    const yaml = object(
      'VirtualService',
      'v',
      '{hosts: [a], http: [{route: [{destination: {host: nobody}}]}]}',
    );
    expect(snapshotOf({ yaml }).issues).toMatchObject([{ origin: { file: 'in.yaml' }, severity: 'error' }]);
  });

  it('are restrictions that are not realised, and quotas that do not exist', () => {
    const yaml =
      object(
        'Policy',
        'default',
        '{origins: [{jwt: {issuer: a}}], principalBinding: USE_ORIGIN}',
        'authentication.istio.io/v1alpha1',
      ) +
      object(
        'QuotaSpecBinding',
        'q',
        '{services: [{name: web}], quotaSpecs: [{name: gone}]}',
        'config.istio.io/v1alpha2',
      );
    expect(issues(yaml)).toEqual([
      'QTT2002 default spec.origins[0]',
      'QTT2002 default spec.principalBinding',
      'IST0101 q spec.quotaSpecs[0]',
    ]);
  });
});
