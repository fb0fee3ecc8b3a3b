import { describe, expect, it } from 'vitest';
import { named, planOf, router, serviceYaml } from '../fixture/world.ts';

const SERVICES = serviceYaml({ name: 'web' }) + serviceYaml({ name: 'db', protocol: 'TCP', port: 5432 });

const gateway = (servers: string, name = 'gw', extra = '') => `
---
apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: {name: ${name}, namespace: edge${extra}}
spec: {selector: {istio: ingressgateway}, servers: [${servers}]}
`;
const config = (name: string, hosts: string, routes: string, gateways = 'edge/gw') => `
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: ${name}, namespace: default}
spec: {hosts: [${hosts}], gateways: [${gateways}], ${routes}}
`;
const TO_WEB = 'http: [{route: [{destination: {host: web}}]}]';
const HTTP = "{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}";
const https = (name: string, hosts: string, tls = '{mode: SIMPLE, serverCertificate: /c, privateKey: /k}') =>
  `{port: {number: 443, name: ${name}, protocol: HTTPS}, hosts: [${hosts}], tls: ${tls}}`;

const plan = (yaml: string, proxy = router()) => planOf({ yaml: SERVICES + yaml }, proxy);
const hostsOf = (yaml: string, table = 'http.80') =>
  named(plan(yaml).routeTables, table).virtualHosts.map(({ name }) => name);

describe('the hosts of a gateway', () => {
  const server = (hosts: string) =>
    gateway(`{port: {number: 80, name: http, protocol: HTTP}, hosts: [${hosts}]}`);
  it.each([
    ["'*'", 'a.com', ['a.com:80']],
    ['a.com', "'*'", ['a.com:80']],
    ["'*.a.com'", 'x.a.com, b.com', ['x.a.com:80']],
    ['x.a.com, y.a.com', "'*.a.com'", ['x.a.com:80', 'y.a.com:80']],
    ['a.com', 'b.com', ['blackhole:80']],
    ["'default/*'", 'a.com', ['a.com:80']],
    ["'./*'", 'a.com', ['blackhole:80']],
    ["'other/*'", 'a.com', ['blackhole:80']],
  ])('%s and %s', (own, hosts, expected) =>
    expect(hostsOf(server(own) + config('v', hosts, TO_WEB))).toEqual(expected),
  );

  it('are 404 for virtual services of other gateways', () => {
    expect(hostsOf(gateway(HTTP) + config('v', 'a.com', TO_WEB, 'edge/other'))).toEqual(['blackhole:80']);
    expect(hostsOf(gateway(HTTP) + config('v', 'a.com', TO_WEB, 'mesh'))).toEqual(['blackhole:80']);
  });

  it('add up the routes of several virtual services, those for everything last', () => {
    const yaml =
      gateway(HTTP) +
      config('a', 'a.com', 'http: [{name: all, route: [{destination: {host: web}}]}]') +
      config(
        'b',
        'a.com',
        'http: [{name: some, match: [{uri: {prefix: /b}}], route: [{destination: {host: web}}]}]',
      );
    const [host] = named(plan(yaml).routeTables, 'http.80').virtualHosts;
    expect(host?.routes.map(({ name }) => name)).toEqual(['some', 'all']);
  });

  it('of several gateways share a port', () => {
    const yaml =
      gateway(HTTP, 'gw') +
      gateway(HTTP, 'gw2') +
      config('a', 'a.com', TO_WEB) +
      config('b', 'b.com', TO_WEB, 'edge/gw2') +
      config('c', 'c.com', TO_WEB, 'edge/gw, edge/gw2');
    expect(hostsOf(yaml)).toEqual(['a.com:80', 'b.com:80', 'c.com:80']);
  });

  it('redirect to https where the server says so', () => {
    const server =
      "{port: {number: 80, name: http, protocol: HTTP}, hosts: [a.com, '*.b.com'], tls: {httpsRedirect: true}}";
    const { virtualHosts } = named(
      plan(gateway(server) + config('v', 'x.b.com', TO_WEB)).routeTables,
      'http.80',
    );
    expect(virtualHosts.map(({ domains, requiresTls }) => `${domains} ${requiresTls}`)).toEqual([
      '*.b.com true',
      'a.com true',
      'x.b.com true',
    ]);
  });
});

describe('the listeners of a gateway', () => {
  it.each([
    ['all addresses', '', router(), ['0.0.0.0_80'], ['http.80']],
    ['its own without capture', '', router({ interceptionMode: 'NONE' }), ['10.0.0.9_80'], ['http.80']],
    ['the one given', 'bind: 10.1.1.1, ', router(), ['10.1.1.1_80'], ['http.80.10.1.1.1_80']],
  ])('are bound on %s', (_, bind, proxy, listeners, tables) => {
    const server = `{${bind}port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}`;
    const made = plan(gateway(server), proxy);
    expect(made.listeners.map(({ name }) => name)).toEqual(listeners);
    expect(made.routeTables.map(({ name }) => name)).toEqual(tables);
  });

  it('have a chain and a table for each TLS server', () => {
    const yaml = gateway(
      `${https('one', 'a.com')}, ${https('two', "'*.b.com'", '{mode: MUTUAL, credentialName: cred}')}`,
    );
    const made = plan(yaml + config('v', 'a.com', TO_WEB));
    const [listener] = made.listeners;
    expect(listener?.detection).toMatchObject({ tls: true, timeoutMs: 15_000 });
    expect(listener?.chains).toMatchObject([
      {
        match: { serverNames: ['a.com'] },
        tls: { certificate: { kind: 'files', chain: '/c', key: '/k' }, clientCertificate: 'not-asked' },
        body: { atEdge: true, clientCertificateHeader: 'replace', routeTable: 'https.443.one.gw.edge' },
      },
      {
        match: { serverNames: ['*.b.com'] },
        tls: {
          certificate: { kind: 'secret', name: 'cred' },
          clientCertificate: 'required',
          trust: { kind: 'secret', name: 'cred-cacert' },
        },
      },
    ]);
    expect(hostsOf(yaml, 'https.443.two.gw.edge')).toEqual(['blackhole:443']);
  });

  it('pass TLS on by server name, within the hosts of the server', () => {
    const server =
      "{port: {number: 443, name: tls, protocol: TLS}, hosts: ['*.a.com'], tls: {mode: PASSTHROUGH}}";
    const routes = 'tls: [{match: [{sniHosts: [x.a.com]}], route: [{destination: {host: db}}]}]';
    const made = plan(gateway(server) + config('v', 'x.a.com', routes));
    expect(made.listeners[0]?.chains).toMatchObject([
      {
        match: { serverNames: ['x.a.com'] },
        body: { kind: 'tcp', targets: [{ cluster: 'outbound|5432||db.default.svc.cluster.local' }] },
      },
    ]);
    expect(made.listeners[0]?.chains[0]?.tls).toBeUndefined();
  });

  it('carry bytes, with the TLS of the workload where asked for', () => {
    const servers =
      "{port: {number: 1, name: tcp, protocol: TCP}, hosts: ['*']}, {port: {number: 2, name: tls, protocol: TLS}, hosts: [a.com], tls: {mode: ISTIO_MUTUAL}}";
    const made = plan(gateway(servers) + config('v', 'a.com', 'tcp: [{route: [{destination: {host: db}}]}]'));
    expect(made.listeners.map(({ chains: [chain] }) => chain)).toMatchObject([
      { match: { serverNames: [] }, body: { kind: 'tcp' } },
      {
        match: { serverNames: ['a.com'] },
        tls: { certificate: { kind: 'workload' }, trust: { kind: 'mesh' } },
      },
    ]);
  });
});

describe('servers that cannot stand side by side', () => {
  it.each([
    [
      'TCP on a port of HTTP',
      gateway(`${HTTP}, {port: {number: 80, name: tcp, protocol: TCP}, hosts: ['*']}`),
      'spec.servers[1]',
    ],
    [
      'TLS on a port without',
      gateway(`${https('a', 'a.com')}, {port: {number: 443, name: p, protocol: HTTP}, hosts: ['*']}`),
      'spec.servers[0]',
    ],
    ['a host twice', gateway(`${https('a', 'a.com')}, ${https('b', 'a.com, b.com')}`), 'spec.servers[1]'],
    ['a port name twice', gateway(`${https('a', 'a.com')}, ${https('a', 'b.com')}`), 'spec.servers[1]'],
  ])('%s', (_, yaml, path) => {
    const { issues } = plan(yaml);
    expect(issues).toMatchObject([{ code: 'QTT3001', path, resource: { kind: 'Gateway', name: 'gw' } }]);
  });

  it('an SNI router that is not realised', () => {
    const server =
      "{port: {number: 443, name: t, protocol: TLS}, hosts: ['*'], tls: {mode: AUTO_PASSTHROUGH}}";
    const made = plan(gateway(server));
    expect(made.listeners).toEqual([]);
    expect(made.issues).toMatchObject([{ code: 'QTT2001', path: 'spec.servers[0]' }]);
  });
});
