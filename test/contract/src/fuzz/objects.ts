import type { JsonObject } from '@bufbuild/protobuf';

const object = (apiVersion: string, kind: string, rest: JsonObject): JsonObject => {
  return {
    apiVersion,
    kind,
    metadata: { name: 'reviews', namespace: 'shop', labels: { app: 'reviews' } },
    ...rest,
  };
};
const route = [{ destination: { host: 'reviews', subset: 'v1', port: { number: 9080 } }, weight: 100 }];

/** Configuration that is right, as people write it: mutations begin here. */
export const OBJECTS: readonly JsonObject[] = [
  object('networking.istio.io/v1alpha3', 'VirtualService', {
    spec: {
      hosts: ['reviews', '*.shop.example'],
      gateways: ['mesh', 'edge/public'],
      http: [
        {
          match: [
            {
              uri: { prefix: '/v2' },
              headers: { 'x-user': { regex: 'j.*n' } },
              sourceLabels: { app: 'page' },
            },
          ],
          rewrite: { uri: '/' },
          fault: { abort: { httpStatus: 503, percentage: { value: 12.5 } } },
          ...{ timeout: '3s', retries: { attempts: 2, perTryTimeout: '500ms', retryOn: 'gateway-error' } },
          corsPolicy: { allowOrigin: ['https://a.example'], allowMethods: ['GET'], maxAge: '24h' },
          route,
        },
        { redirect: { uri: '/new', authority: 'b.example', redirectCode: 302 } },
      ],
      tls: [{ match: [{ port: 443, sniHosts: ['a.example'] }], route }],
      exportTo: ['.'],
    },
  }),
  object('networking.istio.io/v1', 'DestinationRule', {
    spec: {
      host: '*.shop.svc.cluster.local',
      trafficPolicy: {
        connectionPool: {
          tcp: { maxConnections: 10, connectTimeout: '30ms' },
          http: { http2MaxRequests: 5 },
        },
        outlierDetection: { consecutive5xxErrors: 7, interval: '5m', baseEjectionTime: '15m' },
        loadBalancer: { consistentHash: { httpCookie: { name: 'user', ttl: '0s' } } },
        portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'ISTIO_MUTUAL' } }],
      },
      subsets: [{ name: 'v1', labels: { version: 'v1' } }],
    },
  }),
  object('networking.istio.io/v1beta1', 'ServiceEntry', {
    spec: {
      hosts: ['db.example'],
      addresses: ['10.9.0.0/16'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      ...{ location: 'MESH_EXTERNAL', resolution: 'STATIC' },
      endpoints: [
        { address: '10.9.0.1', ports: { tls: 8443 }, labels: { a: 'b' }, locality: 'eu/1/2', weight: 3 },
      ],
    },
  }),
  object('networking.istio.io/v1alpha3', 'Gateway', {
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'], tls: { httpsRedirect: true } },
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['shop/*.example.com'],
          tls: { mode: 'SIMPLE', credentialName: 'edge', minProtocolVersion: 'TLSV1_2' },
        },
      ],
    },
  }),
  object('networking.istio.io/v1alpha3', 'Sidecar', {
    spec: {
      workloadSelector: { labels: { app: 'reviews' } },
      ingress: [
        { port: { number: 9080, name: 'http', protocol: 'HTTP' }, defaultEndpoint: '127.0.0.1:8080' },
      ],
      egress: [{ hosts: ['./*', 'istio-system/*'], captureMode: 'NONE', bind: '127.0.0.1' }],
    },
  }),
  object('networking.istio.io/v1alpha3', 'EnvoyFilter', {
    spec: {
      configPatches: [
        {
          applyTo: 'HTTP_FILTER',
          match: { context: 'SIDECAR_INBOUND', listener: { portNumber: 80 } },
          patch: {
            operation: 'INSERT_BEFORE',
            value: { name: 'envoy.filters.http.lua', typed_config: { '@type': 'type.googleapis.com/x.Lua' } },
          },
        },
      ],
    },
  }),
  object('security.istio.io/v1', 'AuthorizationPolicy', {
    spec: {
      selector: { matchLabels: { app: 'reviews' } },
      action: 'DENY',
      rules: [
        {
          from: [{ source: { notPrincipals: ['cluster.local/ns/shop/sa/page'], ipBlocks: ['10.0.0.0/8'] } }],
          to: [{ operation: { methods: ['GET'], paths: ['/admin*'] } }],
          when: [{ key: 'request.auth.claims[iss]', values: ['https://a.example'] }],
        },
      ],
    },
  }),
  object('security.istio.io/v1beta1', 'PeerAuthentication', {
    spec: { mtls: { mode: 'STRICT' }, portLevelMtls: { '80': { mode: 'PERMISSIVE' } } },
  }),
  object('security.istio.io/v1beta1', 'RequestAuthentication', {
    spec: {
      jwtRules: [
        { issuer: 'a', jwksUri: 'https://a.example/keys', fromHeaders: [{ name: 'x', prefix: 'b' }] },
      ],
    },
  }),
  object('authentication.istio.io/v1alpha1', 'Policy', {
    spec: {
      targets: [{ name: 'reviews', ports: [{ number: 80 }] }],
      peers: [{ mtls: { mode: 'PERMISSIVE' } }],
      origins: [
        {
          jwt: {
            issuer: 'a',
            jwksUri: 'https://a.example',
            triggerRules: [{ excludedPaths: [{ exact: '/' }] }],
          },
        },
      ],
      principalBinding: 'USE_ORIGIN',
    },
  }),
  object('rbac.istio.io/v1alpha1', 'ServiceRole', {
    spec: {
      rules: [
        { services: ['*'], methods: ['*'], constraints: [{ key: 'request.headers[a]', values: ['b'] }] },
      ],
    },
  }),
  object('config.istio.io/v1alpha2', 'rule', {
    spec: {
      match: 'destination.labels["app"] == "reviews" && (request.size | 0) > 10',
      actions: [{ handler: 'h.istio-system', instances: ['i'] }],
    },
  }),
  object('config.istio.io/v1alpha2', 'instance', {
    spec: {
      compiledTemplate: 'metric',
      params: { value: 'request.size | 0', dimensions: { source: 'source.workload.name | "unknown"' } },
    },
  }),
  object('config.istio.io/v1alpha2', 'handler', {
    spec: {
      compiledAdapter: 'listchecker',
      params: { overrides: ['v1'], blacklist: false, cachingInterval: '1s' },
    },
  }),
  object('config.istio.io/v1alpha2', 'attributemanifest', {
    spec: {
      attributes: { 'request.size': { valueType: 'INT64' }, 'source.labels': { valueType: 'STRING_MAP' } },
    },
  }),
];

/** The same of what Kubernetes has. */
export const NATIVE_OBJECTS: readonly JsonObject[] = [
  object('v1', 'Service', {
    spec: {
      ...{
        type: 'ClusterIP',
        clusterIP: '10.96.0.7',
        clusterIPs: ['10.96.0.7'],
        selector: { app: 'reviews' },
      },
      ports: [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP', appProtocol: 'http' }],
    },
  }),
  object('v1', 'Endpoints', {
    subsets: [
      { addresses: [{ ip: '10.1.0.1', targetRef: { kind: 'Pod', name: 'a' } }], ports: [{ port: 9080 }] },
    ],
  }),
  object('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 9080, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: true }, nodeName: 'n', zone: 'eu-1' }],
  }),
  object('v1', 'Pod', {
    spec: {
      ...{ serviceAccountName: 'reviews', nodeName: 'n', hostNetwork: false },
      containers: [{ name: 'c', ports: [{ name: 'web', containerPort: 9080 }] }],
    },
    status: { phase: 'Running', podIP: '10.1.0.1', podIPs: [{ ip: '10.1.0.1' }] },
  }),
  object('v1', 'Node', { status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] } }),
  object('v1', 'Namespace', { status: { phase: 'Active' } }),
  object('networking.k8s.io/v1', 'Ingress', {
    spec: {
      ingressClassName: 'istio',
      tls: [{ hosts: ['a.example'], secretName: 'edge' }],
      rules: [
        {
          host: 'a.example',
          http: {
            paths: [
              {
                path: '/a',
                pathType: 'Prefix',
                backend: { service: { name: 'reviews', port: { number: 80 } } },
              },
            ],
          },
        },
      ],
    },
  }),
  object('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'istio.io/ingress-controller' } }),
  object('v1', 'Secret', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'YQ==' } }),
  object('v1', 'ConfigMap', { data: { mesh: 'enableTracing: true\n', 'mesh.yaml': '{}' } }),
  object('apps/v1', 'Deployment', {
    spec: { template: { metadata: { labels: { app: 'a' } }, spec: { containers: [] } } },
  }),
];
