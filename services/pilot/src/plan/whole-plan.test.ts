import { meshConfigWithDefaults } from '@quintet/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readObjects, router, serviceYaml, sidecar } from '../fixture/world.ts';
import { scopeFor } from '../scope/scope-for.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import { matchKey } from './chains.ts';
import { planProxy } from './plan-proxy.ts';
import type { ChainPlan, ListenerPlan, Plan } from './types.ts';

/** Something of everything, some of it in conflict and some of it leading nowhere. */
const YAML = `
${serviceYaml({ name: 'istio-policy', namespace: 'istio-system', protocol: 'GRPC', port: 9091, endpoints: ['127.20.0.5'] })}
${serviceYaml({ name: 'web', endpoints: ['10.0.0.1'], addresses: ['10.96.0.1'] })}
${serviceYaml({ name: 'db', endpoints: ['10.0.0.1'], port: 5432, protocol: 'TCP', addresses: ['10.96.0.2'] })}
${serviceYaml({ name: 'tcpany', endpoints: ['10.0.0.3'], port: 7000, protocol: 'TCP' })}
${serviceYaml({ name: 'httpany', endpoints: ['10.0.0.3'], port: 7000, protocol: 'HTTP' })}
${serviceYaml({ name: 'secure', endpoints: ['10.0.0.3'], port: 8443, protocol: 'HTTPS' })}
${serviceYaml({ name: 'mysql', endpoints: ['10.0.0.1'], port: 3306, protocol: 'MYSQL' })}
${serviceYaml({ name: 'grpc', endpoints: ['10.0.0.1'], port: 50051, protocol: 'GRPC' })}
---
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: ext, namespace: default}
spec:
  hosts: [api.example.com]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 443, name: https, protocol: HTTPS},{number: 80, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: wild, namespace: default}
spec:
  hosts: ['*.wild.org']
  location: MESH_EXTERNAL
  resolution: NONE
  ports: [{number: 443, name: tls, protocol: TLS},{number: 80, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: range, namespace: default}
spec:
  hosts: ['range.corp']
  addresses: [192.168.0.0/16]
  location: MESH_EXTERNAL
  resolution: NONE
  ports: [{number: 9000, name: tcp, protocol: TCP}]
---
apiVersion: authentication.istio.io/v1alpha1
kind: MeshPolicy
metadata: {name: default}
spec:
  peers:
  - mtls: {mode: PERMISSIVE}
---
apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: {name: viewer, namespace: default}
spec:
  rules:
  - from: [{source: {principals: [cluster.local/ns/default/sa/web], notNamespaces: [evil]}}]
    to: [{operation: {methods: [GET], paths: ['/a*', '*/b'], hosts: ['*']}}]
    when: [{key: 'request.headers[x]', values: [a]}, {key: source.ip, values: [10.0.0.0/8]}]
  - {}
---
apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: {name: deny, namespace: default}
spec:
  action: DENY
  rules:
  - to: [{operation: {ports: ['9080'], paths: [/secret]}}]
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: deny, namespace: istio-system}
spec:
  match: destination.service.host == "web.default.svc.cluster.local"
  actions: [{handler: h, instances: [i]}]
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: web, namespace: default}
spec:
  host: web
  trafficPolicy:
    loadBalancer: {consistentHash: {httpCookie: {name: u, path: /, ttl: 0s}}}
    connectionPool: {http: {http1MaxPendingRequests: 2, maxRequestsPerConnection: 1, idleTimeout: 5s}, tcp: {maxConnections: 3, connectTimeout: 2s, tcpKeepalive: {probes: 2, time: 5s, interval: 3s}}}
    outlierDetection: {consecutiveErrors: 3, interval: 5s, baseEjectionTime: 30s, maxEjectionPercent: 50}
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: web, namespace: default}
spec:
  hosts: [web, unknown.example.org]
  gateways: [mesh, istio-system/gw]
  http:
  - name: a
    match:
    - name: m
      uri: {regex: '/x/[0-9]+'}
      method: {exact: GET}
      scheme: {exact: http}
      authority: {prefix: web}
      queryParams: {q: {exact: '1'}, r: {regex: a+}}
      headers: {h1: {prefix: a}, h2: {regex: b+}, h3: {}}
      withoutHeaders: {no: {exact: x}}
      ignoreUriCase: false
    fault: {delay: {percentage: {value: 12.5}, fixedDelay: 2s}, abort: {percent: 10, httpStatus: 503}}
    timeout: 3s
    retries: {attempts: 3, perTryTimeout: 1s, retryOn: '5xx,429'}
    mirror: {host: grpc}
    mirrorPercent: 50
    corsPolicy: {allowOrigin: ['*', 'http://a.b'], allowMethods: [GET], allowHeaders: [x], maxAge: 24h, allowCredentials: true}
    headers: {request: {set: {a: b}, add: {c: d}, remove: [e]}, response: {set: {a: b}}}
    appendHeaders: {x: y}
    rewrite: {uri: /y, authority: z.example}
    route: [{destination: {host: web, subset: v1}, weight: 80, headers: {request: {set: {q: r}}}}, {destination: {host: web, subset: nope}, weight: 20}]
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new, authority: w.x, redirectCode: 302}
  - match: [{uri: {prefix: /dr}}]
    directResponse: {status: 418, body: {string: teapot}}
  - route: [{destination: {host: web}}]
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: sec, namespace: default}
spec:
  hosts: [secure]
  gateways: [mesh, istio-system/gw]
  tls:
  - match: [{sniHosts: [secure.default.svc.cluster.local], port: 8443}]
    route: [{destination: {host: secure}}]
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: pass, namespace: default}
spec:
  hosts: [pass.example.com]
  gateways: [istio-system/gw]
  tls:
  - match: [{sniHosts: [pass.example.com]}]
    route: [{destination: {host: secure}}]
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: tcpsplit, namespace: default}
spec:
  hosts: [db, '*']
  gateways: [mesh, istio-system/gw]
  tcp:
  - match: [{destinationSubnets: [10.96.0.2]}]
    route: [{destination: {host: db}}]
  - route: [{destination: {host: db}, weight: 40},{destination: {host: tcpany}, weight: 60}]
---
apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ['*'], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ['unknown.example.org'], tls: {mode: SIMPLE, serverCertificate: /etc/c, privateKey: /etc/k}}
  - {port: {number: 443, name: https2, protocol: HTTPS}, hosts: ['*.other.org'], tls: {mode: MUTUAL, credentialName: cred, minProtocolVersion: TLSV1_2}}
  - {port: {number: 443, name: pass, protocol: TLS}, hosts: ['pass.example.com'], tls: {mode: PASSTHROUGH}}
  - {port: {number: 31400, name: tcp, protocol: TCP}, hosts: ['*']}
  - {port: {number: 15443, name: im, protocol: TLS}, hosts: ['*'], tls: {mode: ISTIO_MUTUAL}}
---
apiVersion: networking.istio.io/v1alpha3
kind: Sidecar
metadata: {name: own, namespace: default}
spec:
  ingress:
  - {port: {number: 9080, name: http, protocol: HTTP}, captureMode: NONE, defaultEndpoint: '127.0.0.1:1'}
  - {port: {number: 5432, name: tcp, protocol: TCP}, defaultEndpoint: '127.0.0.1:2'}
  egress:
  - {port: {number: 9080, name: http, protocol: HTTP}, bind: 127.0.0.9, captureMode: NONE, hosts: ['./web.default.svc.cluster.local']}
  - {port: {number: 5432, name: tcp, protocol: TCP}, hosts: ['*/*']}
  - {hosts: ['*/*']}
`;

const MIXER = 'istio-policy.istio-system.svc.cluster.local:9091';
const MESHES = [
  {},
  { mixerCheckServer: MIXER, mixerReportServer: MIXER, disablePolicyChecks: false, enableAutoMtls: true },
  {
    outboundTrafficPolicy: { mode: 0 },
    enableClientSidePolicyCheck: true,
    mixerCheckServer: MIXER,
    proxyHttpPort: 15002,
  },
].map((mesh) => meshConfigWithDefaults(mesh));
const PROXIES = [
  sidecar({ addresses: ['10.0.0.1', '10.0.0.77'] }),
  sidecar({ addresses: ['10.0.0.1'], interceptionMode: 'NONE' }),
  sidecar({ addresses: ['127.0.0.9'], interceptionMode: 'NONE', namespace: 'other' }),
  sidecar({ addresses: ['10.0.0.1'], interceptionMode: 'TPROXY', locality: 'eu/a/1' }),
  router(),
  router({ interceptionMode: 'NONE', addresses: ['127.0.0.8'] }),
];

const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);
const chainsOf = (listener: ListenerPlan): readonly ChainPlan[] => [
  ...listener.chains,
  ...(listener.fallbackChain ? [listener.fallbackChain] : []),
];

function clustersIn(plan: Plan): string[] {
  const chains = plan.listeners.flatMap(chainsOf);
  const routes = plan.routeTables.flatMap((table) => table.virtualHosts.flatMap((host) => host.routes));
  return [
    ...chains.flatMap(({ body }) => (body.kind === 'tcp' ? body.targets.map(({ cluster }) => cluster) : [])),
    ...chains.flatMap(({ body }) => [body.check?.cluster, body.report?.cluster]),
    ...routes.flatMap(({ action }) =>
      action.kind === 'forward' ? [...action.targets, ...action.mirrors].map(({ cluster }) => cluster) : [],
    ),
  ].filter((name) => name !== undefined);
}

/** What would make Envoy refuse the plan or answer with an error that nobody meant. */
function faults(plan: Plan): string[] {
  const clusters = new Set(plan.clusters.map(({ name }) => name));
  const tables = new Set(plan.routeTables.map(({ name }) => name));
  const asked = plan.listeners
    .flatMap(chainsOf)
    .flatMap(({ body }) => (body.kind === 'http' ? [body.routeTable] : []));
  return [
    ...clustersIn(plan)
      .filter((name) => !clusters.has(name))
      .map((name) => `no cluster ${name}`),
    ...asked.filter((name) => !tables.has(name)).map((name) => `no table ${name}`),
    ...[plan.clusters, plan.listeners, plan.routeTables].flatMap((all) =>
      repeated(all.map(({ name }) => name)),
    ),
    ...plan.listeners.flatMap((listener) => repeated(listener.chains.map(matchKey))),
    ...plan.listeners.flatMap((listener) => repeated(chainsOf(listener).map(({ name }) => name))),
    ...plan.listeners
      .filter((listener) => chainsOf(listener).length === 0)
      .map(({ name }) => `${name} is empty`),
    ...plan.routeTables.flatMap((table) => repeated(table.virtualHosts.flatMap(({ domains }) => domains))),
    ...plan.routeTables.flatMap((table) => repeated(table.virtualHosts.map(({ name }) => name))),
  ];
}

describe('a plan', () => {
  it('is whole, whatever part of the configuration is there', () => {
    const objects = readObjects(YAML);
    fc.assert(
      fc.property(
        fc.subarray([...objects]),
        fc.constantFrom(...MESHES),
        fc.constantFrom(...PROXIES),
        (some, meshConfig, proxy) => {
          const snapshot = buildSnapshot({ objects: some, meshConfig });
          expect(faults(planProxy(scopeFor(snapshot, proxy)))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(PROXIES)('is whole with all of the configuration: $type $interceptionMode $addresses', (proxy) => {
    for (const meshConfig of MESHES) {
      const plan = planProxy(scopeFor(buildSnapshot({ objects: readObjects(YAML), meshConfig }), proxy));
      expect(faults(plan)).toEqual([]);
      expect(clustersIn(plan).length).toBeGreaterThan(0);
    }
  });
});
