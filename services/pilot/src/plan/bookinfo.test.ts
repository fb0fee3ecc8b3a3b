import { describe, expect, it } from 'vitest';
import { named, planOf, router, serviceYaml, sidecar } from '../fixture/world.ts';

const REVIEWS = 'reviews.default.svc.cluster.local';

const YAML = `
apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: {name: bookinfo-gateway, namespace: default}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: ['*']
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: bookinfo, namespace: default}
spec:
  hosts: ['*']
  gateways: [bookinfo-gateway]
  http:
  - match:
    - uri: {exact: /productpage}
    - uri: {prefix: /api/v1/products}
    route:
    - destination: {host: productpage, port: {number: 9080}}
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: reviews, namespace: default}
spec:
  hosts: [reviews]
  http:
  - match:
    - headers: {end-user: {exact: tester}}
    route:
    - destination: {host: reviews, subset: v2}
  - route:
    - destination: {host: reviews, subset: v1}
      weight: 90
    - destination: {host: reviews, subset: v2}
      weight: 10
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: reviews, namespace: default}
spec:
  host: reviews
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL}
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
---
apiVersion: authentication.istio.io/v1alpha1
kind: MeshPolicy
metadata: {name: default}
spec:
  peers:
  - mtls: {}
---
apiVersion: networking.istio.io/v1alpha3
kind: Sidecar
metadata: {name: reviews-v1, namespace: default}
spec:
  workloadSelector: {labels: {app: reviews}}
  ingress:
  - port: {number: 9080, name: http, protocol: HTTP}
    bind: 127.20.1.3
    captureMode: NONE
    defaultEndpoint: 127.0.0.1:31000
  egress:
  - port: {number: 9080, name: http, protocol: HTTP}
    bind: 127.20.2.3
    captureMode: NONE
    hosts: ['*/*']
${serviceYaml({ name: 'productpage', endpoints: ['127.20.1.1'] })}
${serviceYaml({ name: 'reviews', endpoints: ['127.20.1.3', '127.20.1.4'] })}
${serviceYaml({ name: 'istio-policy', namespace: 'istio-system', protocol: 'GRPC', port: 9091, endpoints: ['127.20.0.5'] })}
`;

const MESH = {
  mixerCheckServer: 'istio-policy.istio-system.svc.cluster.local:9091',
  mixerReportServer: 'istio-policy.istio-system.svc.cluster.local:9091',
};

const reviews = sidecar({
  addresses: ['127.20.1.3'],
  name: 'reviews-v1',
  labels: { app: 'reviews', version: 'v1' },
  interceptionMode: 'NONE',
});

describe('the plan of a sidecar without traffic capture', () => {
  const plan = planOf({ yaml: YAML, mesh: MESH }, reviews);

  it('listens where its Sidecar says', () => {
    expect(plan.listeners.map(({ name, direction, bound }) => ({ name, direction, bound }))).toEqual([
      { name: '127.20.1.3_15002', direction: 'outbound', bound: true },
      { name: '127.20.1.3_9080', direction: 'inbound', bound: true },
      { name: '127.20.2.3_9080', direction: 'outbound', bound: true },
    ]);
  });

  it('accepts mutual TLS only', () => {
    const [chain, ...others] = named(plan.listeners, '127.20.1.3_9080').chains;
    expect(others).toEqual([]);
    expect(chain).toMatchObject({
      match: { transport: 'tls', serverNames: [], applicationProtocols: [] },
      tls: { certificate: { kind: 'workload' }, clientCertificate: 'required', trust: { kind: 'mesh' } },
    });
  });

  it('passes requests on to its application', () => {
    expect(named(plan.clusters, `inbound|9080|http|${REVIEWS}`)).toMatchObject({
      discovery: {
        kind: 'fixed',
        groups: [{ endpoints: [{ address: { kind: 'ip', address: '127.0.0.1', port: 31000 } }] }],
      },
    });
  });

  it('splits and routes by header', () => {
    const table = named(plan.routeTables, '9080');
    const host = named(table.virtualHosts, `${REVIEWS}:9080`);
    expect(host.domains).toEqual(expect.arrayContaining(['reviews', 'reviews:9080', REVIEWS]));
    expect(host.routes).toMatchObject([
      {
        match: { headers: [{ name: 'end-user', match: { kind: 'exact', value: 'tester' }, invert: false }] },
        action: { kind: 'forward', targets: [{ cluster: `outbound|9080|v2|${REVIEWS}` }] },
      },
      {
        action: {
          targets: [
            { cluster: `outbound|9080|v1|${REVIEWS}`, weight: 90 },
            { cluster: `outbound|9080|v2|${REVIEWS}`, weight: 10 },
          ],
        },
      },
    ]);
    expect(table.virtualHosts.at(-1)).toMatchObject({
      name: 'block_all',
      domains: ['*'],
      routes: [{ action: { kind: 'answer', status: 502 } }],
    });
  });

  it('speaks mutual TLS to the service by its identities', () => {
    expect(named(plan.clusters, `outbound|9080|v1|${REVIEWS}`)).toMatchObject({
      discovery: { kind: 'endpoints', selection: { host: REVIEWS, labels: { version: 'v1' } } },
      protocol: { kind: 'http1' },
      tls: {
        kind: 'tls',
        client: {
          certificate: { kind: 'workload' },
          subjectAltNames: ['spiffe://cluster.local/ns/default/sa/reviews'],
          serverName: `outbound_.9080_.v1_.${REVIEWS}`,
          applicationProtocols: ['istio'],
        },
      },
    });
  });

  it('reaches mixer by mutual TLS, whatever rules say', () => {
    expect(named(plan.clusters, 'outbound|9091||istio-policy.istio-system.svc.cluster.local')).toMatchObject({
      protocol: { kind: 'http2' },
      tls: { kind: 'tls', client: { applicationProtocols: ['istio', 'h2'] } },
    });
  });
});

describe('the plan of a gateway', () => {
  const plan = planOf({ yaml: YAML }, router({ addresses: ['127.20.1.9'], interceptionMode: 'NONE' }));

  it('listens on its own address and routes the hosts of its virtual services', () => {
    expect(plan.listeners.map(({ name }) => name)).toEqual(['127.20.1.9_8080']);
    expect(plan.routeTables).toMatchObject([
      {
        name: 'http.8080',
        ignoresPort: true,
        virtualHosts: [
          {
            name: '*:8080',
            domains: ['*'],
            routes: [
              { match: { path: { kind: 'exact', value: '/productpage' } } },
              { match: { path: { kind: 'prefix', value: '/api/v1/products' } } },
            ],
          },
        ],
      },
    ]);
  });
});
