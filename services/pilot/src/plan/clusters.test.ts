import { describe, expect, it } from 'vitest';
import { named, planOf, serviceYaml, sidecar } from '../fixture/world.ts';

const WEB = 'web.default.svc.cluster.local';
const cluster = (yaml: string, name: string, mesh = {}, proxy = sidecar()) =>
  named(planOf({ yaml, mesh }, proxy).clusters, name);
const rule = (spec: string, name = 'r', namespace = 'default') => `
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;
const withPolicy = (policy: string, protocol = 'HTTP') =>
  cluster(
    serviceYaml({ name: 'web', protocol }) + rule(`{host: web, trafficPolicy: ${policy}}`),
    `outbound|9080||${WEB}`,
  );

describe('a traffic policy', () => {
  it.each([
    ['{loadBalancer: {simple: LEAST_CONN}}', { loadBalancing: { policy: 'least-request' } }],
    ['{loadBalancer: {simple: RANDOM}}', { loadBalancing: { policy: 'random' } }],
    [
      '{loadBalancer: {simple: PASSTHROUGH}}',
      { discovery: { kind: 'destination' }, loadBalancing: { policy: 'destination' } },
    ],
    [
      '{loadBalancer: {consistentHash: {useSourceIp: true}}}',
      { loadBalancing: { policy: { kind: 'ring', minimumSize: 1024 } } },
    ],
    [
      '{loadBalancer: {consistentHash: {httpHeaderName: a, minimumRingSize: 16}}}',
      { loadBalancing: { policy: { kind: 'ring', minimumSize: 16 } } },
    ],
    [
      '{connectionPool: {tcp: {maxConnections: 1, connectTimeout: 3s, tcpKeepalive: {probes: 2, time: 10s}}}}',
      { limits: { maxConnections: 1 }, connectTimeoutMs: 3000, keepalive: { probes: 2, timeMs: 10_000 } },
    ],
    [
      '{connectionPool: {http: {http1MaxPendingRequests: 1, http2MaxRequests: 2, maxRetries: 3, maxRequestsPerConnection: 4, idleTimeout: 5s}}}',
      {
        limits: { maxPendingRequests: 1, maxRequests: 2, maxRetries: 3, maxConnections: 4294967295 },
        protocol: { maxRequestsPerConnection: 4, idleTimeoutMs: 5000 },
      },
    ],
    [
      '{outlierDetection: {consecutiveErrors: 2, interval: 1s, baseEjectionTime: 3s, maxEjectionPercent: 100}}',
      {
        outlier: {
          consecutiveGatewayErrors: 2,
          intervalMs: 1000,
          baseEjectionMs: 3000,
          maxEjectionPercent: 100,
        },
        loadBalancing: { localityWeighted: true, panicThresholdPercent: 0 },
      },
    ],
    [
      '{connectionPool: {tcp: {maxConnections: 1}}, loadBalancer: {simple: RANDOM}, portLevelSettings: [{port: {number: 9080}, loadBalancer: {simple: LEAST_CONN}}]}',
      { limits: { maxConnections: 4294967295 }, loadBalancing: { policy: 'least-request' } },
    ],
    [
      '{loadBalancer: {simple: RANDOM}, portLevelSettings: [{port: {number: 1}, loadBalancer: {simple: LEAST_CONN}}]}',
      { loadBalancing: { policy: 'random' } },
    ],
  ])('%s', (policy, expected) => expect(withPolicy(policy)).toMatchObject(expected));

  it('of a subset lies over that of the host, part by part', () => {
    const yaml =
      serviceYaml({ name: 'web' }) +
      rule(`{host: web, trafficPolicy: {loadBalancer: {simple: RANDOM}, connectionPool: {tcp: {maxConnections: 1}}},
        subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {loadBalancer: {simple: LEAST_CONN}}}]}`);
    expect(cluster(yaml, `outbound|9080|v1|${WEB}`)).toMatchObject({
      limits: { maxConnections: 1 },
      loadBalancing: { policy: 'least-request' },
      discovery: { selection: { labels: { version: 'v1' } } },
      sources: [
        'istio/networking/v1alpha3/destinationrules/default/r',
        'istio/networking/v1alpha3/serviceentries/default/web',
      ],
    });
  });
});

describe('TLS of a cluster', () => {
  const FILES =
    '{mode: MUTUAL, clientCertificate: /c, privateKey: /k, caCertificates: /r, sni: s, subjectAltNames: [a]}';
  it.each([
    ['{mode: DISABLE}', 'HTTP', { kind: 'plaintext' }],
    [
      '{mode: SIMPLE}',
      'HTTP',
      { kind: 'tls', client: { serverName: '', subjectAltNames: [], applicationProtocols: [] } },
    ],
    [
      FILES,
      'GRPC',
      {
        client: {
          certificate: { kind: 'files', chain: '/c', key: '/k' },
          trust: { kind: 'file', path: '/r' },
          serverName: 's',
          subjectAltNames: ['a'],
          applicationProtocols: ['h2'],
        },
      },
    ],
    [
      '{mode: ISTIO_MUTUAL}',
      'HTTP',
      {
        client: {
          certificate: { kind: 'workload' },
          trust: { kind: 'mesh' },
          subjectAltNames: ['spiffe://cluster.local/ns/default/sa/web'],
          serverName: `outbound_.9080_._.${WEB}`,
          applicationProtocols: ['istio'],
        },
      },
    ],
    [
      '{mode: ISTIO_MUTUAL, subjectAltNames: [x], sni: y}',
      'TCP',
      { client: { subjectAltNames: ['x'], serverName: 'y' } },
    ],
    ['{mode: ISTIO_MUTUAL}', 'HTTP2', { client: { applicationProtocols: ['istio', 'h2'] } }],
  ])('%s of %s', (tls, protocol, expected) =>
    expect(withPolicy(`{tls: ${tls}}`, protocol).tls).toMatchObject(expected),
  );

  const peers = (mode: string) => `
---
apiVersion: authentication.istio.io/v1alpha1
kind: MeshPolicy
metadata: {name: default}
spec: {peers: [${mode}]}
`;
  it.each([
    ['switched off', {}, peers('{mtls: {}}'), 'plaintext'],
    ['strict server', { enableAutoMtls: true }, peers('{mtls: {}}'), 'by-endpoint'],
    ['permissive server', { enableAutoMtls: true }, peers('{mtls: {mode: PERMISSIVE}}'), 'by-endpoint'],
    ['plaintext server', { enableAutoMtls: true }, '', 'plaintext'],
    [
      'rule that says no',
      { enableAutoMtls: true },
      peers('{mtls: {}}') + rule('{host: web, trafficPolicy: {tls: {mode: DISABLE}}}'),
      'plaintext',
    ],
  ])('is automatic: %s', (_, mesh, yaml, kind) =>
    expect(cluster(serviceYaml({ name: 'web' }) + yaml, `outbound|9080||${WEB}`, mesh).tls.kind).toBe(kind),
  );
});

describe('where the endpoints of a cluster come from', () => {
  const external = (resolution: string, endpoints = '') => `
---
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: ext, namespace: default}
spec:
  hosts: [a.example.com]
  location: MESH_EXTERNAL
  resolution: ${resolution}
  ports: [{number: 80, name: http, protocol: HTTP}]
  ${endpoints}
`;
  const NAME = 'outbound|80||a.example.com';
  it.each([
    ['NONE', '', sidecar(), { kind: 'destination' }],
    ['NONE', '', sidecar({ interceptionMode: 'NONE' }), { kind: 'endpoints' }],
    [
      'DNS',
      '',
      sidecar(),
      {
        kind: 'dns',
        refreshMs: 5000,
        groups: [{ endpoints: [{ address: { kind: 'host', address: 'a.example.com', port: 80 } }] }],
      },
    ],
    [
      'DNS',
      'endpoints: [{address: b.example.com, ports: {http: 8080}}]',
      sidecar(),
      { groups: [{ endpoints: [{ address: { address: 'b.example.com', port: 8080 } }] }] },
    ],
    [
      'STATIC',
      'endpoints: [{address: 10.0.0.7}]',
      sidecar(),
      { kind: 'endpoints', selection: { host: 'a.example.com' } },
    ],
  ])('%s %s', (resolution, endpoints, proxy, expected) =>
    expect(cluster(external(resolution, endpoints), NAME, {}, proxy).discovery).toMatchObject(expected),
  );
});

it('names clusters in statistics as the mesh says', () => {
  const mesh = {
    outboundClusterStatName: '%SERVICE%_%SERVICE_PORT%_%SERVICE_PORT_NAME%_%SUBSET_NAME%_%SERVICE_FQDN%',
  };
  expect(cluster(serviceYaml({ name: 'web' }), `outbound|9080||${WEB}`, mesh).alternativeStatName).toBe(
    `web.default_9080_http__${WEB}`,
  );
});
