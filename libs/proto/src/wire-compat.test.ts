import { fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { contractRegistry } from './contract-registry.ts';

/** A field of type string, bytes or message. */
function len(number: number, content: string | number[]): number[] {
  const bytes = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content;
  return [...base128(number * 8 + 2), ...base128(bytes.length), ...bytes];
}

/** A field of an integer, boolean or enum type. */
function num(number: number, value: number): number[] {
  return [...base128(number * 8), ...base128(value)];
}

/** A field of type sint32. */
function sint(number: number, value: number): number[] {
  return num(number, value < 0 ? -2 * value - 1 : 2 * value);
}

function base128(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...base128(Math.floor(value / 128))];
}

/** Message, its bytes as a classic component writes them, and its JSON form as users write it. */
const GOLDENS: [message: string, bytes: number[], json: Parameters<typeof fromJson>[1]][] = [
  [
    'istio.mcp.v1alpha1.RequestResources',
    [
      ...len(1, len(1, 'sink')),
      ...len(2, 'istio/networking/v1alpha3/gateways'),
      ...len(3, [...len(1, 'd/a'), ...len(2, '1')]),
      ...len(4, 'nonce'),
      ...len(5, [...num(1, 3), ...len(2, 'bad')]),
      ...num(6, 1),
    ],
    {
      sinkNode: { id: 'sink' },
      collection: 'istio/networking/v1alpha3/gateways',
      initialResourceVersions: { 'd/a': '1' },
      responseNonce: 'nonce',
      errorDetail: { code: 3, message: 'bad' },
      incremental: true,
    },
  ],
  [
    'istio.mcp.v1alpha1.Resources',
    [
      ...len(1, '9'),
      ...len(3, [
        ...len(1, [...len(1, 'd/a'), ...len(3, '1'), ...len(4, [...len(1, 'app'), ...len(2, 'a')])]),
        ...len(2, [
          ...len(1, 'type.googleapis.com/istio.networking.v1alpha3.Gateway'),
          ...len(2, len(1, len(5, 'x'))),
        ]),
      ]),
      ...len(4, 'd/b'),
    ],
    {
      systemVersionInfo: '9',
      resources: [
        {
          metadata: { name: 'd/a', version: '1', labels: { app: 'a' } },
          body: {
            '@type': 'type.googleapis.com/istio.networking.v1alpha3.Gateway',
            servers: [{ defaultEndpoint: 'x' }],
          },
        },
      ],
      removedResources: ['d/b'],
    },
  ],
  [
    'istio.mixer.v1.CheckRequest',
    [
      ...len(1, [
        ...len(1, 'own'),
        ...len(2, [...sint(1, 15), ...sint(2, -1)]),
        ...len(3, [...sint(1, 151), ...num(2, 8080)]),
        ...len(5, [...sint(1, 177), ...num(2, 1)]),
        ...len(8, [...sint(1, 0), ...len(2, [127, 0, 0, 1])]),
        ...len(9, [...sint(1, -2), ...len(2, len(1, [...sint(1, 18), ...sint(2, 90)]))]),
      ]),
      ...num(2, 222),
      ...len(4, [...len(1, 'rate'), ...len(2, [...num(1, 5), ...num(2, 1)])]),
    ],
    {
      attributes: {
        words: ['own'],
        strings: { '15': -1 },
        int64s: { '151': '8080' },
        bools: { '177': true },
        bytes: { '0': 'fwAAAQ==' },
        stringMaps: { '-2': { entries: { '18': 90 } } },
      },
      globalWordCount: 222,
      quotas: { rate: { amount: '5', bestEffort: true } },
    },
  ],
  [
    'istio.mixer.v1.CheckResponse',
    [
      ...len(2, [
        ...len(1, num(1, 7)),
        ...num(3, 100),
        ...len(5, len(2, [...sint(1, 3), ...num(2, 2), ...sint(4, -2)])),
        ...len(6, [...len(2, [...len(1, 'x'), ...num(3, 2)]), ...num(3, 429)]),
      ]),
      ...len(3, [...len(1, 'rate'), ...len(2, [...num(2, 4), ...len(6, num(1, 8))])]),
    ],
    {
      precondition: {
        status: { code: 7 },
        validUseCount: 100,
        referencedAttributes: { attributeMatches: [{ name: 3, condition: 'EXACT', mapKey: -2 }] },
        routeDirective: {
          responseHeaderOperations: [{ name: 'x', operation: 'APPEND' }],
          directResponseCode: 429,
        },
      },
      quotas: { rate: { grantedAmount: '4', status: { code: 8 } } },
    },
  ],
  [
    'istio.v1.auth.IstioCertificateRequest',
    [...len(1, 'pem'), ...num(3, 3600)],
    { csr: 'pem', validityDuration: '3600' },
  ],
  [
    'istio.v1.auth.CsrResponse',
    [...num(1, 1), ...len(3, [1]), ...len(4, [2])],
    { isApproved: true, signedCert: 'AQ==', certChain: 'Ag==' },
  ],
  [
    'istio.networking.v1alpha3.HTTPRoute',
    [
      ...len(1, len(5, [...len(1, 'end-user'), ...len(2, len(3, 'j.*'))])),
      ...len(2, [...len(1, [...len(1, 'reviews'), ...len(2, 'v1'), ...len(3, num(1, 80))]), ...num(2, 90)]),
      ...len(6, num(1, 5)),
      ...len(8, len(2, [...num(2, 503), ...len(5, [...base128(8 + 1), 0, 0, 0, 0, 0, 0, 0xf0, 0x3f])])),
      ...len(18, num(1, 50)),
    ],
    {
      match: [{ headers: { 'end-user': { regex: 'j.*' } } }],
      route: [{ destination: { host: 'reviews', subset: 'v1', port: { number: 80 } }, weight: 90 }],
      timeout: '5s',
      fault: { abort: { httpStatus: 503, percentage: { value: 1 } } },
      mirrorPercent: 50,
    },
  ],
  [
    'istio.networking.v1alpha3.TrafficPolicy',
    [
      ...len(1, len(2, [...len(2, [...len(1, 'user'), ...len(3, [])]), ...num(4, 64)])),
      ...len(4, num(1, 3)),
      ...len(5, [...len(1, num(1, 80)), ...len(2, num(1, 2))]),
    ],
    {
      loadBalancer: { consistentHash: { httpCookie: { name: 'user', ttl: '0s' }, minimumRingSize: '64' } },
      tls: { mode: 'ISTIO_MUTUAL' },
      portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: 'RANDOM' } }],
    },
  ],
  [
    'istio.networking.v1alpha3.Server.TLSOptions',
    [...num(1, 1), ...num(2, 3), ...num(7, 3), ...len(10, 'secret')],
    {
      httpsRedirect: true,
      mode: 'AUTO_PASSTHROUGH',
      minProtocolVersion: 'TLSV1_2',
      credentialName: 'secret',
    },
  ],
  [
    'istio.authentication.v1alpha1.Policy',
    [
      ...len(2, len(1, num(2, 1))),
      ...len(4, len(1, [...len(1, 'iss'), ...len(9, len(2, len(2, '/'))), ...len(10, '{}')])),
      ...num(6, 1),
    ],
    {
      peers: [{ mtls: { mode: 'PERMISSIVE' } }],
      origins: [{ jwt: { issuer: 'iss', triggerRules: [{ includedPaths: [{ prefix: '/' }] }], jwks: '{}' } }],
      principalBinding: 'USE_ORIGIN',
    },
  ],
  [
    'istio.rbac.v1alpha1.ServiceRoleBinding',
    [...len(1, len(1, '*')), ...len(2, [...len(1, 'ServiceRole'), ...len(2, 'reader')]), ...num(3, 1)],
    { subjects: [{ user: '*' }], roleRef: { kind: 'ServiceRole', name: 'reader' }, mode: 'PERMISSIVE' },
  ],
  [
    'istio.security.v1beta1.AuthorizationPolicy',
    [
      ...len(1, len(1, [...len(1, 'app'), ...len(2, 'a')])),
      ...len(2, [
        ...len(1, len(1, len(1, 'td/ns/n/sa/s'))),
        ...len(2, len(1, len(3, 'GET'))),
        ...len(3, len(1, 'source.ip')),
      ]),
    ],
    {
      selector: { matchLabels: { app: 'a' } },
      rules: [
        {
          from: [{ source: { principals: ['td/ns/n/sa/s'] } }],
          to: [{ operation: { methods: ['GET'] } }],
          when: [{ key: 'source.ip' }],
        },
      ],
    },
  ],
  [
    'istio.policy.v1beta1.Instance',
    [...len(1, 'requestcount'), ...len(67794676, 'metric')],
    { name: 'requestcount', compiledTemplate: 'metric' },
  ],
  [
    'metric.InstanceMsg',
    [
      ...len(1, num(2, 1)),
      ...len(2, [...len(1, 'code'), ...len(2, len(1, 'a'))]),
      ...len(72295727, 'requestcount'),
    ],
    { value: { int64Value: '1' }, dimensions: { code: { stringValue: 'a' } }, name: 'requestcount' },
  ],
  [
    'adapter.prometheus.config.Params',
    [...len(1, [...len(1, 'requests_total'), ...num(4, 2), ...len(6, 'code'), ...len(7, 'istio')])],
    { metrics: [{ name: 'requests_total', kind: 'COUNTER', labelNames: ['code'], namespace: 'istio' }] },
  ],
  [
    'istio.mesh.v1alpha1.MeshConfig',
    [
      ...num(3, 1),
      ...len(14, len(6, 'pilot:15011')),
      ...len(17, num(1, 1)),
      ...num(25, 1),
      ...len(43, num(1, 1)),
      ...len(63, []),
    ],
    {
      disablePolicyChecks: true,
      defaultConfig: { discoveryAddress: 'pilot:15011' },
      outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
      policyCheckFailOpen: true,
      enableAutoMtls: true,
      meshMTLS: {},
    },
  ],
];

describe('the classic messages', () => {
  it.each(GOLDENS)('%s has its numbers and names', (name, bytes, json) => {
    const schema = contractRegistry.getMessage(name);
    if (schema === undefined) throw new Error(`${name} is not in the registry`);
    const options = { registry: contractRegistry };
    const message = fromBinary(schema, Uint8Array.from(bytes));
    expect(toJson(schema, message, options)).toEqual(json);
    expect([...toBinary(schema, fromJson(schema, json, options))]).toEqual(bytes);
  });

  it('accepts a name from the proto file where users write it', () => {
    const schema = contractRegistry.getMessage('istio.networking.v1alpha3.HTTPRoute');
    if (schema === undefined) throw new Error('HTTPRoute is not in the registry');
    const message = fromJson(schema, { cors_policy: { allow_origin: ['*'] } });
    expect(toJson(schema, message)).toEqual({ corsPolicy: { allowOrigin: ['*'] } });
  });
});

describe('values with two names', () => {
  it.each([
    ['istio.networking.v1alpha3.LoadBalancerSettings', 'simple', 'ROUND_ROBIN', 'UNSPECIFIED'],
    ['istio.mesh.v1alpha1.MeshConfig', 'ingressControllerMode', 'OFF', 'UNSPECIFIED'],
  ])('%s.%s reads both and writes one', (name, field, classic, newer) => {
    const schema = contractRegistry.getMessage(name);
    if (schema === undefined) throw new Error(`${name} is not in the registry`);
    const options = { alwaysEmitImplicit: true };
    const written = [classic, newer].map((value) =>
      toJson(schema, fromJson(schema, { [field]: value }), options),
    );
    expect(written[0]).toMatchObject({ [field]: classic });
    expect(written[1]).toEqual(written[0]);
  });
});

describe('the services', () => {
  it.each([
    ['google.security.meshca.v1.MeshCertificateService', ['CreateCertificate unary']],
    ['grpc.health.v1.Health', ['Check unary', 'Watch server_streaming']],
    [
      'istio.mcp.v1alpha1.AggregatedMeshConfigService',
      ['StreamAggregatedResources bidi_streaming', 'IncrementalAggregatedResources bidi_streaming'],
    ],
    ['istio.mcp.v1alpha1.ResourceSink', ['EstablishResourceStream bidi_streaming']],
    ['istio.mcp.v1alpha1.ResourceSource', ['EstablishResourceStream bidi_streaming']],
    [
      'istio.mixer.adapter.model.v1beta1.InfrastructureBackend',
      ['Validate unary', 'CreateSession unary', 'CloseSession unary'],
    ],
    ['istio.mixer.v1.Mixer', ['Check unary', 'Report unary']],
    ['istio.v1.auth.IstioCAService', ['HandleCSR unary']],
    ['istio.v1.auth.IstioCertificateService', ['CreateCertificate unary']],
    ['metric.HandleMetricService', ['HandleMetric unary']],
    ['quota.HandleQuotaService', ['HandleQuota unary']],
    ['quintet.trust.v1.Trust', ['Watch bidi_streaming']],
  ])('%s has its methods', (name, methods) => {
    const service = contractRegistry.getService(name);
    expect(service?.methods.map((method) => `${method.name} ${method.methodKind}`)).toEqual(methods);
  });
});
