import { describe, expect, it } from 'vitest';
import { named, planOf, serviceYaml, sidecar } from '../fixture/world.ts';
import type { ListenerPlan } from './types.ts';

const web = serviceYaml({ name: 'web', addresses: ['10.96.0.1'] });
const names = (listeners: readonly ListenerPlan[]) =>
  listeners.map(({ name }) => name).filter((name) => !name.startsWith('virtual'));
const chains = (listener: ListenerPlan) => listener.chains.map(({ name, body }) => `${name} ${body.kind}`);

describe('outbound listeners where traffic is captured', () => {
  it.each([
    ['HTTP', serviceYaml({ name: 'a' }), ['0.0.0.0_9080']],
    ['HTTP with an address', web, ['0.0.0.0_9080']],
    ['HTTP of two services', web + serviceYaml({ name: 'b' }), ['0.0.0.0_9080']],
    [
      'TCP with an address',
      serviceYaml({ name: 'a', protocol: 'TCP', addresses: ['10.96.0.2'] }),
      ['10.96.0.2_9080'],
    ],
    ['TCP without', serviceYaml({ name: 'a', protocol: 'TCP' }), ['0.0.0.0_9080']],
    [
      'TCP with a range',
      serviceYaml({ name: 'a', protocol: 'TCP', addresses: ['10.1.0.0/16'] }),
      ['0.0.0.0_9080'],
    ],
    ['UDP', serviceYaml({ name: 'a', protocol: 'UDP' }), []],
    ['HTTP on 443', serviceYaml({ name: 'a', port: 443 }), []],
    ['HTTPS on 443', serviceYaml({ name: 'a', port: 443, protocol: 'HTTPS' }), ['0.0.0.0_443']],
  ])('%s', (_, yaml, expected) => expect(names(planOf({ yaml }, sidecar()).listeners)).toEqual(expected));

  it('get connections handed over, and keep off those to the workload itself', () => {
    const listener = named(planOf({ yaml: web }, sidecar()).listeners, '0.0.0.0_9080');
    expect(listener.bound).toBe(false);
    expect(listener.chains[0]).toMatchObject({
      name: 'own-addresses',
      match: { destinationRanges: ['10.0.0.1/32'] },
      body: { targets: [{ cluster: 'BlackHoleCluster' }] },
    });
  });

  it('tell HTTP and TCP of one port apart by the first bytes', () => {
    const yaml = serviceYaml({ name: 'a' }) + serviceYaml({ name: 'b', protocol: 'TCP' });
    const listener = named(planOf({ yaml }, sidecar()).listeners, '0.0.0.0_9080');
    expect(listener.detection).toMatchObject({ tls: true, http: true, timeoutMs: 100 });
    expect(chains(listener)).toEqual(['own-addresses tcp', 'http http']);
    expect(listener.chains[1]?.match).toMatchObject({
      transport: 'plaintext',
      applicationProtocols: ['http/1.0', 'http/1.1', 'h2c'],
    });
    expect(listener.fallbackChain).toMatchObject({
      body: { targets: [{ cluster: 'outbound|9080||b.default.svc.cluster.local' }] },
    });
  });

  it('tell TLS services apart by server name, and send others on', () => {
    const yaml =
      serviceYaml({ name: 'a', port: 443, protocol: 'HTTPS' }) +
      serviceYaml({ name: 'b', port: 443, protocol: 'TLS' });
    const listener = named(planOf({ yaml }, sidecar()).listeners, '0.0.0.0_443');
    expect(listener.chains.map(({ match }) => match.serverNames)).toEqual([
      [],
      ['a.default.svc.cluster.local'],
      ['b.default.svc.cluster.local'],
    ]);
    expect(listener.detection.tls).toBe(true);
    expect(listener.fallbackChain).toMatchObject({ body: { targets: [{ cluster: 'PassthroughCluster' }] } });
  });

  it('stand behind one that takes everything, and ends what it started itself', () => {
    const listener = named(
      planOf({ yaml: '' }, sidecar({ interceptionMode: 'TPROXY' })).listeners,
      'virtualOutbound',
    );
    expect(listener).toMatchObject({
      handsOver: true,
      bound: true,
      transparent: true,
      bind: { port: 15001 },
    });
    expect(listener.chains[0]?.match.destinationPort).toBe(15001);
    expect(listener.fallbackChain).toMatchObject({ body: { targets: [{ cluster: 'PassthroughCluster' }] } });
  });

  it('split TCP by the routes of virtual services', () => {
    const yaml = `${serviceYaml({ name: 'a', protocol: 'TCP' })}${serviceYaml({ name: 'b', protocol: 'TCP', port: 1 })}
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: split, namespace: default}
spec:
  hosts: [a]
  tcp:
  - match: [{destinationSubnets: [10.7.0.0/16]}]
    route: [{destination: {host: b}}]
  - match: [{port: 1}]
    route: [{destination: {host: b}}]
  - route: [{destination: {host: a}, weight: 25}, {destination: {host: b}, weight: 75}]
`;
    const listener = named(planOf({ yaml }, sidecar()).listeners, '0.0.0.0_9080');
    expect(listener.chains[1]).toMatchObject({
      match: { destinationRanges: ['10.7.0.0/16'] },
      body: { targets: [{ cluster: 'outbound|1||b.default.svc.cluster.local', weight: 100 }] },
    });
    expect(listener.fallbackChain?.body).toMatchObject({
      statPrefix: 'split.default',
      targets: [{ weight: 25 }, { weight: 75 }],
    });
  });
});

describe('outbound listeners without capture', () => {
  const loopback = sidecar({ interceptionMode: 'NONE', addresses: ['127.20.1.1'] });

  it('are on 127.0.0.1 unless the proxy shares it with others of its machine', () => {
    expect(names(planOf({ yaml: web }, sidecar({ interceptionMode: 'NONE' })).listeners)).toEqual([
      '127.0.0.1_15002',
      '127.0.0.1_9080',
    ]);
    expect(names(planOf({ yaml: web }, loopback).listeners)).toEqual(['127.20.1.1_15002']);
  });

  it('have an explicit proxy for all hosts and ports, and pass nothing through', () => {
    const plan = planOf({ yaml: web + serviceYaml({ name: 'b', port: 80 }) }, loopback);
    const table = named(plan.routeTables, 'http_proxy');
    expect(table.virtualHosts.map(({ name }) => name)).toEqual([
      'b.default.svc.cluster.local:80',
      'web.default.svc.cluster.local:9080',
      'block_all',
    ]);
    expect(plan.clusters.map(({ name }) => name)).not.toContain('PassthroughCluster');
  });
});

describe('the hosts of a table', () => {
  const config = (name: string, hosts: string, status: number) => `
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: ${name}, namespace: default}
spec: {hosts: [${hosts}], http: [{directResponse: {status: ${status}}}]}
`;
  const hosts = (yaml: string, mesh = {}) =>
    named(planOf({ yaml, mesh }, sidecar()).routeTables, '9080').virtualHosts.map(
      ({ name, routes: [route] }) =>
        `${name} ${route?.action.kind === 'answer' ? route.action.status : route?.name}`,
    );

  it.each([
    ['services', web, ['web.default.svc.cluster.local:9080 default', 'allow_any allow_any']],
    [
      'their virtual services',
      web + config('v', 'web', 201),
      ['web.default.svc.cluster.local:9080 201', 'allow_any allow_any'],
    ],
    [
      'the oldest of two',
      web + config('a', 'web', 201) + config('b', 'web', 202),
      ['web.default.svc.cluster.local:9080 201', 'allow_any allow_any'],
    ],
    [
      'wildcards that cover a service',
      web + config('v', "'*.cluster.local'", 201),
      ['web.default.svc.cluster.local:9080 201', 'allow_any allow_any'],
    ],
    [
      'hosts that are no service',
      web + config('v', 'example.org', 201),
      ['example.org:9080 201', 'web.default.svc.cluster.local:9080 default', 'allow_any allow_any'],
    ],
  ])('%s', (_, yaml, expected) => expect(hosts(yaml)).toEqual(expected));

  it('answer 502 for others where the mesh is closed', () => {
    expect(hosts(web, { outboundTrafficPolicy: { mode: 0 } }).at(-1)).toBe('block_all 502');
  });

  it('have each domain once', () => {
    const yaml = web + serviceYaml({ name: 'web', namespace: 'other', addresses: ['10.96.0.1'] });
    const { virtualHosts } = named(planOf({ yaml }, sidecar()).routeTables, '9080');
    const domains = virtualHosts.flatMap((host) => host.domains);
    expect(new Set(domains).size).toBe(domains.length);
  });
});
