/** A configuration with one mistake, and how it has to be told. */
export type BrokenCase = {
  readonly what: string;
  readonly text: string;
  /** `kind namespace/name`; absent when the object could not be named. */
  readonly object?: string;
  readonly line: number;
  readonly path: string;
  /** Parts of the message: what was found and what is expected. */
  readonly says: readonly string[];
};

const API = {
  networking: 'networking.istio.io/v1alpha3',
  authentication: 'authentication.istio.io/v1alpha1',
  security: 'security.istio.io/v1beta1',
  mixer: 'config.istio.io/v1alpha2',
};

/** An object called shop/a whose spec begins in line 5. */
function object(group: keyof typeof API, kind: string, spec: string): string {
  return `apiVersion: ${API[group]}\nkind: ${kind}\nmetadata: {name: a, namespace: shop}\nspec:\n${spec}\n`;
}

type Row = readonly [what: string, spec: string, line: number, path: string, ...says: string[]];

function broken(group: keyof typeof API, kind: string, rows: readonly Row[]): BrokenCase[] {
  return rows.map(([what, spec, line, path, ...says]) => {
    return {
      what: `${kind}: ${what}`,
      text: object(group, kind, spec),
      object: `${kind} shop/a`,
      line,
      path,
      says,
    };
  });
}

const HTTP = '  http:\n  - route:\n    - destination: {host: reviews}\n';

const VIRTUAL_SERVICES = broken('networking', 'VirtualService', [
  ['no hosts', `  gateways: [g]\n${HTTP}`, 4, 'spec.hosts', 'host'],
  ['no routes', '  hosts: [reviews]', 4, 'spec', 'http', 'tcp', 'tls'],
  [
    'a misspelt field',
    `  hosts: [reviews]\n  gatways: [g]\n${HTTP}`,
    6,
    'spec.gatways',
    '"gatways"',
    '"gateways"',
  ],
  ['* in the mesh', `  hosts: ["*"]\n${HTTP}`, 5, 'spec.hosts[0]', '*'],
  ['a host twice', `  hosts: [a.b, A.b]\n${HTTP}`, 5, 'spec.hosts[1]', 'a.b', 'spec.hosts[0]'],
  [
    'weights of nothing',
    '  hosts: [r]\n  http:\n  - route:\n    - destination: {host: r, subset: v1}\n      weight: 0\n    - destination: {host: r, subset: v2}\n      weight: 0',
    7,
    'spec.http[0].route',
    'above 0',
    'none',
  ],
  [
    'a redirect and a route',
    `  hosts: [r]\n  http:\n  - redirect: {uri: /new}\n    route:\n    - destination: {host: r}`,
    8,
    'spec.http[0].route',
    'redirect',
  ],
  [
    'a timeout below a millisecond',
    `  hosts: [r]\n${HTTP}    timeout: 0.0001s`,
    9,
    'spec.http[0].timeout',
    '1ms',
  ],
  [
    'an unknown condition of retries',
    `  hosts: [r]\n${HTTP}    retries: {attempts: 2, retryOn: sometimes}`,
    9,
    'spec.http[0].retries.retryOn',
    'sometimes',
  ],
  [
    'a percentage above a hundred',
    `  hosts: [r]\n${HTTP}    fault: {abort: {percentage: {value: 120}, httpStatus: 500}}`,
    9,
    'spec.http[0].fault.abort.percentage.value',
    '120',
  ],
  [
    'a status that is none',
    `  hosts: [r]\n${HTTP}    fault: {abort: {percentage: {value: 1}, httpStatus: 900}}`,
    9,
    'spec.http[0].fault.abort.httpStatus',
    '900',
  ],
  [
    'a port out of range',
    `  hosts: [r]\n  http:\n  - route:\n    - destination: {host: r, port: {number: 70000}}`,
    8,
    'spec.http[0].route[0].destination.port.number',
    '70000',
    '65535',
  ],
  [
    'a destination without a host',
    `  hosts: [r]\n  http:\n  - route:\n    - destination: {subset: v1}`,
    8,
    'spec.http[0].route[0].destination.host',
    'name of a service',
  ],
  [
    'a regular expression that is none',
    `  hosts: [r]\n  http:\n  - match:\n    - uri: {regex: "a("}\n    route:\n    - destination: {host: r}`,
    8,
    'spec.http[0].match[0].uri.regex',
    'a(',
  ],
  [
    'a CORS method that is none',
    `  hosts: [r]\n${HTTP}    corsPolicy: {allowMethods: [GRAB]}`,
    9,
    'spec.http[0].corsPolicy.allowMethods[0]',
    'GRAB',
  ],
  [
    'SNI hosts beyond the hosts',
    '  hosts: [a.example]\n  tls:\n  - match:\n    - sniHosts: [b.example]\n    route:\n    - destination: {host: a.example}',
    8,
    'spec.tls[0].match[0].sniHosts[0]',
    'b.example',
  ],
  [
    'a number where a text belongs',
    `  hosts: [r]\n  http:\n  - match:\n    - headers: {x-user: {exact: 7}}\n    route:\n    - destination: {host: r}`,
    8,
    'spec.http[0].match[0].headers["x-user"].exact',
    'number 7',
    'string',
  ],
]);

const GATEWAYS = broken('networking', 'Gateway', [
  ['no servers', '  selector: {istio: ingressgateway}', 4, 'spec.servers', 'server'],
  [
    'HTTPS without tls',
    '  servers:\n  - port: {number: 443, name: https, protocol: HTTPS}\n    hosts: ["*"]',
    6,
    'spec.servers[0].tls',
    'HTTPS',
  ],
  [
    'no key',
    '  servers:\n  - port: {number: 443, name: https, protocol: HTTPS}\n    hosts: ["*"]\n    tls: {mode: SIMPLE, serverCertificate: /a.pem}',
    8,
    'spec.servers[0].tls.privateKey',
    'SIMPLE',
  ],
  [
    'an unknown protocol',
    '  servers:\n  - port: {number: 80, name: http, protocol: HTPP}\n    hosts: ["*"]',
    6,
    'spec.servers[0].port.protocol',
    'HTPP',
  ],
  [
    'a name twice',
    '  servers:\n  - port: {number: 80, name: http, protocol: HTTP}\n    hosts: ["*"]\n  - port: {number: 81, name: http, protocol: HTTP}\n    hosts: ["*"]',
    8,
    'spec.servers[1].port.name',
    'http',
  ],
  [
    'no hosts',
    '  servers:\n  - port: {number: 80, name: http, protocol: HTTP}',
    6,
    'spec.servers[0].hosts',
    'host',
  ],
]);

const DESTINATION_RULES = broken('networking', 'DestinationRule', [
  ['no host', '  subsets:\n  - name: v1', 4, 'spec.host', 'DNS name'],
  [
    'a subset without a name',
    '  host: r\n  subsets:\n  - labels: {version: v1}',
    7,
    'spec.subsets[0].name',
    'letters',
  ],
  [
    'mutual TLS without a certificate',
    '  host: r\n  trafficPolicy:\n    tls: {mode: MUTUAL, privateKey: /k.pem}',
    7,
    'spec.trafficPolicy.tls.clientCertificate',
    'MUTUAL',
  ],
  [
    'an unknown balancer',
    '  host: r\n  trafficPolicy:\n    loadBalancer: {simple: FASTEST}',
    7,
    'spec.trafficPolicy.loadBalancer.simple',
    'FASTEST',
    'ROUND_ROBIN',
  ],
  [
    'a percentage above a hundred',
    '  host: r\n  trafficPolicy:\n    outlierDetection: {maxEjectionPercent: 101}',
    7,
    'spec.trafficPolicy.outlierDetection.maxEjectionPercent',
    '101',
  ],
  ['an empty policy', '  host: r\n  trafficPolicy: {}', 6, 'spec.trafficPolicy', 'at least one'],
]);

const SERVICE_ENTRIES = broken('networking', 'ServiceEntry', [
  [
    'no hosts',
    '  ports:\n  - {number: 80, name: http, protocol: HTTP}\n  resolution: DNS',
    4,
    'spec.hosts',
    'host',
  ],
  [
    'a static one without endpoints',
    '  hosts: [a.example]\n  ports:\n  - {number: 80, name: http, protocol: HTTP}\n  resolution: STATIC',
    4,
    'spec.endpoints',
    'STATIC',
  ],
  [
    'endpoints without resolution',
    '  hosts: [a.example]\n  ports:\n  - {number: 80, name: http, protocol: HTTP}\n  resolution: NONE\n  endpoints:\n  - address: 1.2.3.4',
    9,
    'spec.endpoints',
    'NONE',
  ],
  [
    'a wildcard looked up by DNS',
    '  hosts: ["*.example"]\n  ports:\n  - {number: 80, name: http, protocol: HTTP}\n  resolution: DNS',
    5,
    'spec.hosts[0]',
    '*.example',
  ],
  [
    'a port twice',
    '  hosts: [a.example]\n  ports:\n  - {number: 80, name: a, protocol: HTTP}\n  - {number: 80, name: b, protocol: HTTP}\n  resolution: DNS',
    8,
    'spec.ports[1].number',
    '80',
  ],
]);

const POLICIES = [
  ...broken('networking', 'Sidecar', [
    ['no egress', '  workloadSelector: {labels: {app: a}}', 4, 'spec.egress', 'egress'],
  ]),
  ...broken('authentication', 'Policy', [
    ['no target and another name', '  peers:\n  - mtls: {}', 3, 'metadata.name', 'default'],
    [
      'an unknown mode',
      '  targets:\n  - name: a\n  peers:\n  - mtls: {mode: STRICTLY}',
      8,
      'spec.peers[0].mtls.mode',
      'STRICTLY',
    ],
  ]),
  ...broken('security', 'AuthorizationPolicy', [
    [
      'an unknown key',
      '  rules:\n  - when:\n    - key: request.colour\n      values: [red]',
      7,
      'spec.rules[0].when[0].key',
      'request.colour',
    ],
    [
      'a condition without values',
      '  rules:\n  - when:\n    - key: source.namespace',
      7,
      'spec.rules[0].when[0].values',
      'value',
    ],
  ]),
];

const MIXER = [
  ...broken('mixer', 'rule', [
    [
      'a match that cannot be parsed',
      '  match: a ==\n  actions: [{handler: h, instances: [i]}]',
      5,
      'spec.match',
      'a ==',
    ],
    [
      'a comparison of a text with a number',
      '  match: source.name == 5\n  actions: [{handler: h, instances: [i]}]',
      5,
      'spec.match',
      'INT64',
      'STRING',
    ],
    [
      'a match that is no condition',
      '  match: request.size\n  actions: [{handler: h, instances: [i]}]',
      5,
      'spec.match',
      'INT64',
      'BOOL',
    ],
  ]),
  ...broken('mixer', 'QuotaSpec', [
    [
      'a charge of zero',
      '  rules:\n  - quotas:\n    - {charge: 0, quota: q}',
      7,
      'spec.rules[0].quotas[0].charge',
      '0',
    ],
  ]),
];

const DOCUMENTS: readonly BrokenCase[] = [
  {
    what: 'an unknown kind',
    text: 'apiVersion: networking.istio.io/v1alpha3\nkind: VirtualServices\nmetadata: {name: a}\n',
    line: 2,
    path: 'kind',
    says: ['VirtualServices', 'VirtualService?'],
  },
  {
    what: 'no name',
    text: 'apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\nmetadata: {}\nspec: {}\n',
    line: 3,
    path: 'metadata.name',
    says: ['none'],
  },
  {
    what: 'YAML that is none, beside an object that is right',
    text: `${object('networking', 'DestinationRule', '  host: a')}---\nkind: [Gateway\n`,
    line: 8,
    path: '',
    says: ['end with a ]'],
  },
  {
    what: 'a tab in the indentation',
    text: 'apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\nmetadata:\n\tname: a\n',
    line: 4,
    path: '',
    says: ['Tabs'],
  },
  {
    what: 'an object twice',
    text: `${object('networking', 'DestinationRule', '  host: a')}---\n${object('networking', 'DestinationRule', '  host: b')}`,
    object: 'DestinationRule shop/a',
    line: 7,
    path: '',
    says: [':1'],
  },
  {
    what: 'a spec that is no map',
    text: 'apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\nmetadata: {name: a, namespace: shop}\nspec: [1]\n',
    object: 'Gateway shop/a',
    line: 4,
    path: 'spec',
    says: ['list', 'map'],
  },
];

/** Configurations with a mistake each. */
export const BROKEN_CASES: readonly BrokenCase[] = [
  ...VIRTUAL_SERVICES,
  ...GATEWAYS,
  ...DESTINATION_RULES,
  ...SERVICE_ENTRIES,
  ...POLICIES,
  ...MIXER,
  ...DOCUMENTS,
];
