import { describe, expect, it } from 'vitest';
import { router, serviceYaml, sidecar, snapshotOf } from '../fixture/world.ts';
import { scopeFor } from './scope-for.ts';

const SERVICES =
  serviceYaml({ name: 'web', endpoints: ['10.0.0.1'] }) +
  serviceYaml({ name: 'db', namespace: 'data' }) +
  serviceYaml({ name: 'web2', namespace: 'other' });

const own = (spec: string, name = 'own', namespace = 'default') => `
---
apiVersion: networking.istio.io/v1alpha3
kind: Sidecar
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;
const hosts = (list: string) => own(`{egress: [{hosts: [${list}]}]}`);
const reached = (yaml: string, proxy = sidecar(), mesh = {}) =>
  scopeFor(snapshotOf({ yaml: SERVICES + yaml, mesh }), proxy).services.map(({ name }) => name);

describe('the services a sidecar reaches', () => {
  it.each([
    ['all without a Sidecar', '', ['db', 'web', 'web2']],
    ['all', hosts("'*/*'"), ['db', 'web', 'web2']],
    ['of its namespace', hosts("'./*'"), ['web']],
    ['of another', hosts("'data/*'"), ['db']],
    ['by name', hosts("'*/web2.other.svc.cluster.local'"), ['web2']],
    ['by wildcard', hosts("'*/*.data.svc.cluster.local'"), ['db']],
    ['none', hosts("'~/*'"), []],
    [
      'of several listeners',
      own("{egress: [{port: {number: 1, name: a, protocol: HTTP}, hosts: ['./*']}, {hosts: ['data/*']}]}"),
      ['db', 'web'],
    ],
    ['of the root namespace by default', own("{egress: [{hosts: ['./*']}]}", 'd', 'istio-system'), ['web']],
    [
      'of its own default before',
      own("{egress: [{hosts: ['./*']}]}", 'd', 'istio-system') + hosts("'data/*'"),
      ['db'],
    ],
    [
      'of the Sidecar that selects it before',
      hosts("'./*'") + own("{workloadSelector: {labels: {app: client}}, egress: [{hosts: ['data/*']}]}", 'z'),
      ['db'],
    ],
    [
      'not of one that selects others',
      own("{workloadSelector: {labels: {app: x}}, egress: [{hosts: ['data/*']}]}"),
      ['db', 'web', 'web2'],
    ],
  ])('%s', (_, yaml, expected) => expect(reached(yaml)).toEqual(expected));

  it('are those that are exported to it', () => {
    const hidden = (exportTo: string) =>
      serviceYaml({ name: 'hid', namespace: 'other', extra: `  exportTo: [${exportTo}]` });
    expect(reached(hidden("'.'"))).not.toContain('hid');
    expect(reached(hidden("'*'"))).toContain('hid');
    expect(reached('', sidecar(), { defaultServiceExportTo: ['.'] })).toEqual(['web']);
  });

  it('include where its virtual services lead, and mixer', () => {
    const yaml = `${hosts("'./*'")}
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: v, namespace: default}
spec: {hosts: [web], http: [{route: [{destination: {host: db.data.svc.cluster.local}}]}]}
`;
    expect(reached(yaml)).toEqual(['db', 'web']);
    expect(
      reached(hosts("'./*'"), sidecar(), { mixerCheckServer: 'db.data.svc.cluster.local:9080' }),
    ).toEqual(['db', 'web']);
  });

  it('of one host are those of one namespace, its own first', () => {
    const twin = (namespace: string) =>
      serviceYaml({ name: 'x', namespace }).replace(`x.${namespace}.svc.cluster.local]`, 'x.example.com]');
    const scope = (yaml: string) =>
      scopeFor(snapshotOf({ yaml }), sidecar()).services.map(({ namespace }) => namespace);
    expect(scope(twin('a') + twin('default'))).toEqual(['default']);
    expect(scope(twin('b') + twin('a'))).toEqual(['a']);
  });
});

describe('the rest of a scope', () => {
  it('knows the services of its own workload', () => {
    const { instances } = scopeFor(snapshotOf({ yaml: SERVICES }), sidecar());
    expect(instances.map(({ service }) => service.name)).toEqual(['web']);
  });

  it('takes the destination rule of its namespace, else of the service, else of the root', () => {
    const rule = (namespace: string, host: string, extra = '') => `
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: r, namespace: ${namespace}}
spec: {host: '${host}', ${extra}trafficPolicy: {loadBalancer: {simple: RANDOM}}}
`;
    const used = (yaml: string) =>
      scopeFor(snapshotOf({ yaml: SERVICES + yaml }), sidecar()).destinationRules.get(
        'db.data.svc.cluster.local',
      )?.namespace;
    const DB = 'db.data.svc.cluster.local';
    const all = rule('default', DB) + rule('data', DB) + rule('istio-system', '*.local');
    expect(used(all)).toBe('default');
    expect(used(rule('data', DB) + rule('istio-system', '*.local'))).toBe('data');
    expect(used(rule('data', DB, "exportTo: ['.'], ") + rule('istio-system', '*.local'))).toBe(
      'istio-system',
    );
    expect(used(rule('other', DB))).toBeUndefined();
  });

  it('gives a router its gateways and their virtual services, and no egress', () => {
    const yaml = `${SERVICES}
---
apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: {name: gw, namespace: default}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: h, protocol: HTTP}, hosts: ['*']}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: {name: egress, namespace: default}
spec: {selector: {istio: egressgateway}, servers: [{port: {number: 80, name: h, protocol: HTTP}, hosts: ['*']}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: v, namespace: default}
spec: {hosts: [a.com], gateways: [gw], http: [{route: [{destination: {host: web}}]}]}
`;
    const scope = scopeFor(snapshotOf({ yaml }), router());
    expect(scope).toMatchObject({
      egress: [],
      gateways: [{ ref: 'default/gw' }],
      virtualServices: [{ name: 'v' }],
    });
  });
});

describe('the key of a scope', () => {
  const key = (yaml: string, proxy = sidecar()) => scopeFor(snapshotOf({ yaml: SERVICES + yaml }), proxy).key;

  it('is the same for what the proxy cannot see', () => {
    const only = hosts("'./*'");
    expect(key(only + serviceYaml({ name: 'new', namespace: 'data' }))).toBe(key(only));
    expect(key('')).not.toBe(key(serviceYaml({ name: 'new', namespace: 'data' })));
  });

  it('does not change with endpoints of other workloads', () => {
    expect(key(serviceYaml({ name: 'n', endpoints: ['10.7.7.7'] }))).toBe(
      key(serviceYaml({ name: 'n', endpoints: ['10.8.8.8'] })),
    );
  });

  it('differs for proxies that differ', () => {
    expect(key('', sidecar({ labels: { app: 'x' } }))).not.toBe(key(''));
  });
});
