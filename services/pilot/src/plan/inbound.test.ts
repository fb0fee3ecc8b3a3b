import { describe, expect, it } from 'vitest';
import { named, planOf, serviceYaml, sidecar } from '../fixture/world.ts';
import type { ChainPlan } from './types.ts';

const WEB = 'web.default.svc.cluster.local';
const SERVICES =
  serviceYaml({ name: 'web', endpoints: ['10.0.0.1'] }) +
  serviceYaml({ name: 'db', endpoints: ['10.0.0.1'], port: 3306, protocol: 'MYSQL' });

const policy = (peers: string, extra = '', kind = 'MeshPolicy', name = 'default', namespace = 'default') => `
---
apiVersion: authentication.istio.io/v1alpha1
kind: ${kind}
metadata: {name: ${name}${kind === 'Policy' ? `, namespace: ${namespace}` : ''}}
spec:
  peers: ${peers}
  ${extra}
`;
const STRICT = policy('[{mtls: {}}]');
const PERMISSIVE = policy('[{mtls: {mode: PERMISSIVE}}]');

const virtualInbound = (yaml: string) =>
  named(planOf({ yaml: SERVICES + yaml }, sidecar()).listeners, 'virtualInbound');
const summary = ({ name, match, tls, body }: ChainPlan) =>
  [name, match.transport ?? '-', match.applicationProtocols.join(), tls ? 'tls' : 'plain', body.kind].join(
    ' ',
  );
const chainsOf = (yaml: string, port: number) =>
  virtualInbound(yaml)
    .chains.filter(({ match }) => match.destinationPort === port)
    .map(summary);

describe('the chains of an inbound port', () => {
  it.each([
    ['plaintext HTTP', '', 9080, ['9080-plaintext -  plain http']],
    ['strict HTTP', STRICT, 9080, ['9080-mtls tls  tls http']],
    [
      'permissive HTTP',
      PERMISSIVE,
      9080,
      [
        '9080-mtls tls istio tls http',
        '9080-foreign-tls tls  plain tcp',
        '9080-plaintext plaintext  plain http',
      ],
    ],
    ['strict TCP', STRICT, 3306, ['3306-mtls tls  tls tcp']],
    ['permissive TCP', PERMISSIVE, 3306, ['3306-mtls - istio tls tcp', '3306-plaintext -  plain tcp']],
  ])('%s', (_, yaml, port, expected) => expect(chainsOf(yaml, port)).toEqual(expected));

  it.each([
    ['mesh', STRICT, 'strict'],
    ['namespace over mesh', STRICT + policy('[{mtls: {mode: PERMISSIVE}}]', '', 'Policy'), 'permissive'],
    ['another namespace', STRICT + policy('[]', '', 'Policy', 'default', 'other'), 'strict'],
    ['service over namespace', STRICT + policy('[]', 'targets: [{name: web}]', 'Policy', 'web'), 'disabled'],
    ['another service', STRICT + policy('[]', 'targets: [{name: db}]', 'Policy', 'db'), 'strict'],
    [
      'port over service',
      policy('[]', 'targets: [{name: web}]', 'Policy', 'a') +
        policy('[{mtls: {}}]', 'targets: [{name: web, ports: [{number: 9080}]}]', 'Policy', 'b'),
      'strict',
    ],
    [
      'another port',
      policy('[{mtls: {}}]', 'targets: [{name: web, ports: [{name: other}]}]', 'Policy', 'b'),
      'disabled',
    ],
    [
      'the oldest of two',
      policy('[{mtls: {}}]', 'targets: [{name: web}]', 'Policy', 'a') +
        policy('[]', 'targets: [{name: web}]', 'Policy', 'b'),
      'strict',
    ],
  ])('are decided by the nearest policy: %s', (_, yaml, mode) => {
    const modes: Record<number, string> = {
      1: chainsOf(yaml, 9080)[0]?.includes(' tls http') ? 'strict' : 'disabled',
    };
    expect(modes[chainsOf(yaml, 9080).length] ?? 'permissive').toBe(mode);
  });
});

describe('virtualInbound', () => {
  it('ends what would go round, and passes on what nobody declared', () => {
    const listener = virtualInbound(STRICT);
    expect(listener).toMatchObject({ restoresDestination: true, bound: true, bind: { port: 15006 } });
    expect(listener.chains[0]).toMatchObject({
      match: { destinationPort: 15006 },
      body: { targets: [{ cluster: 'BlackHoleCluster' }] },
    });
    expect(listener.fallbackChain).toMatchObject({
      body: { targets: [{ cluster: 'InboundPassthroughClusterIpv4' }] },
    });
  });

  it('looks for TLS only where it is needed', () => {
    expect(virtualInbound('').detection).toMatchObject({ tls: false, serverFirstPorts: [3306] });
    expect(virtualInbound(PERMISSIVE).detection).toMatchObject({
      tls: true,
      http: false,
      serverFirstPorts: [],
    });
  });

  it('gives each port a cluster on the loopback address, with the connection pool of its rule', () => {
    const rule = `
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: web, namespace: default}
spec:
  host: web
  trafficPolicy:
    connectionPool: {tcp: {maxConnections: 7}, http: {maxRequestsPerConnection: 1}}
    outlierDetection: {consecutiveErrors: 1}
    tls: {mode: ISTIO_MUTUAL}
`;
    const cluster = named(planOf({ yaml: SERVICES + rule }, sidecar()).clusters, `inbound|9080|http|${WEB}`);
    expect(cluster).toMatchObject({
      discovery: { groups: [{ endpoints: [{ address: { address: '127.0.0.1', port: 9080 } }] }] },
      limits: { maxConnections: 7, maxRetries: 4294967295 },
      protocol: { kind: 'http1', maxRequestsPerConnection: 1 },
      tls: { kind: 'plaintext' },
    });
    expect(cluster.outlier).toBeUndefined();
  });
});

describe('the ports a Sidecar lists', () => {
  const withIngress = (listener: string) => `
---
apiVersion: networking.istio.io/v1alpha3
kind: Sidecar
metadata: {name: own, namespace: default}
spec:
  ingress: [${listener}]
  egress: [{hosts: ['*/*']}]
`;

  it.each([
    [
      'of a service',
      '{port: {number: 9080, name: http, protocol: HTTP}, defaultEndpoint: "127.0.0.1:1"}',
      `inbound|9080|http|${WEB}`,
    ],
    [
      'of none',
      '{port: {number: 7, name: x, protocol: TCP}, defaultEndpoint: "127.0.0.1:1"}',
      'inbound|7|x|own.default',
    ],
    [
      'behind a socket',
      '{port: {number: 7, name: x, protocol: TCP}, defaultEndpoint: "unix:///run/a"}',
      'inbound|7|x|own.default',
    ],
  ])('%s', (_, listener, cluster) => {
    const plan = planOf({ yaml: SERVICES + withIngress(listener) }, sidecar());
    const inbound = plan.clusters.filter(({ name }) => name.startsWith('inbound'));
    expect(inbound.map(({ name }) => name)).toEqual([cluster]);
  });

  it.each([
    ['127.0.0.1:1', '127.0.0.1'],
    [':1', '127.0.0.1'],
    ['0.0.0.0:1', '10.0.0.1'],
    ['[::]:1', '10.0.0.1'],
    ['[::1]:1', '::1'],
  ])('lead to where the application listens: %s', (endpoint, address) => {
    const listener = `{port: {number: 9080, name: http, protocol: HTTP}, defaultEndpoint: "${endpoint}"}`;
    const plan = planOf({ yaml: SERVICES + withIngress(listener) }, sidecar());
    expect(JSON.stringify(plan.clusters.find(({ name }) => name.startsWith('inbound|')))).toContain(
      `{"kind":"ip","address":"${address}","port":1}`,
    );
  });

  it('are bound on the address of the proxy, unless another is given', () => {
    const listener = (bind: string) =>
      withIngress(
        `{port: {number: 9080, name: http, protocol: HTTP}, ${bind} captureMode: NONE, defaultEndpoint: "127.0.0.1:1"}`,
      );
    const names = (bind: string) =>
      planOf({ yaml: SERVICES + listener(bind) }, sidecar({ interceptionMode: 'NONE' }))
        .listeners.filter(({ direction }) => direction === 'inbound')
        .map(({ name }) => name);
    expect(names('')).toEqual(['10.0.0.1_9080']);
    expect(names('bind: 10.9.9.9,')).toEqual(['10.9.9.9_9080']);
  });

  it('are none without capture and without a Sidecar', () => {
    const plan = planOf({ yaml: SERVICES }, sidecar({ interceptionMode: 'NONE' }));
    expect(plan.listeners.filter(({ direction }) => direction === 'inbound')).toEqual([]);
  });
});
