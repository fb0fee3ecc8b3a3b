import { describe, expect, it } from 'vitest';
import { lines, object, pod, service } from './testing-analysis.ts';

const REVIEWS = service('shop/reviews');
const ROUTE = 'route: [{destination: {host: reviews}}]';
const http = (name: string, rules: string, more = ''): string =>
  object('VirtualService', name, `{hosts: [reviews], ${more}http: [${rules}]}`);
const GATEWAY = object(
  'Gateway',
  'shop/g',
  '{selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["a.com"]}]}',
);
const onGateway = (name: string, rules: string, hosts = '[a.com]'): string =>
  object('VirtualService', name, `{hosts: ${hosts}, gateways: [shop/g], http: [${rules}]}`);
const entry = (name: string, spec: string): string => object('ServiceEntry', name, spec);
const STRICT =
  '---\napiVersion: authentication.istio.io/v1alpha1\nkind: MeshPolicy\nmetadata: {name: default}\nspec: {peers: [{mtls: {}}]}\n';

/** Code, resource and path or text; each case one file. Texts are cut before the advice. */
const CASES: readonly (readonly [says: string, text: string, expected: readonly string[]])[] = [
  // Routes and matches.
  [
    'a route after one that takes everything',
    REVIEWS + http('shop/a', `{${ROUTE}}, {match: [{uri: {prefix: /api}}], ${ROUTE}}`),
    [
      'Warning [QTT4001] (VirtualService a.shop in.yaml:10) spec.http[1] is never reached: spec.http[0] takes all of its requests',
    ],
  ],
  [
    'a longer prefix after a shorter one',
    REVIEWS +
      http(
        'shop/a',
        `{match: [{uri: {prefix: /a}}], ${ROUTE}}, {match: [{uri: {prefix: /ab}}, {uri: {exact: /a}}], ${ROUTE}}`,
      ),
    [
      'Warning [QTT4001] (VirtualService a.shop in.yaml:10) spec.http[1] is never reached: spec.http[0] takes all of its requests',
    ],
  ],
  [
    'one match of several',
    REVIEWS +
      http(
        'shop/a',
        `{match: [{uri: {prefix: /a}}], ${ROUTE}}, {match: [{uri: {exact: /a/b}}, {uri: {exact: /c}}], ${ROUTE}}`,
      ),
    [
      'Warning [QTT4002] (VirtualService a.shop in.yaml:10) spec.http[1].match[0] never decides anything: spec.http[0] matches all that it matches',
    ],
  ],
  [
    'a match that repeats another of its route',
    REVIEWS +
      http(
        'shop/a',
        `{match: [{headers: {X: {exact: a}}}, {headers: {x: {exact: a}}, method: {exact: GET}}], ${ROUTE}}`,
      ),
    [
      'Warning [QTT4002] (VirtualService a.shop in.yaml:10) spec.http[0].match[1] never decides anything: spec.http[0].match[0] matches all that it matches',
    ],
  ],
  [
    'matches that do not cover',
    REVIEWS +
      http(
        'shop/a',
        [
          '{match: [{uri: {prefix: /a}, headers: {x: {exact: "1"}}}], R}',
          '{match: [{uri: {prefix: /a}, method: {exact: GET}}], R}',
          '{match: [{uri: {regex: "/a.*"}}], R}',
          '{match: [{uri: {prefix: /a}, port: 80}], R}',
          '{match: [{uri: {prefix: /a}, withoutHeaders: {y: {exact: "1"}}}], R}',
          '{match: [{uri: {prefix: /a}, ignoreUriCase: true, sourceLabels: {app: b}}], R}',
          '{match: [{uri: {prefix: /a}}], R}',
          '{R}',
        ]
          .join(', ')
          .replaceAll('R}', `${ROUTE}}`),
      ),
    [],
  ],
  [
    'a delegate may leave something',
    REVIEWS +
      object('VirtualService', 'shop/part', `{http: [{match: [{uri: {prefix: /a}}], ${ROUTE}}]}`) +
      http('shop/a', `{delegate: {name: part}}, {${ROUTE}}`),
    [],
  ],
  [
    'TLS and TCP rules',
    service('shop/reviews', '[{name: tls, port: 443}, {name: tcp, port: 9000}]') +
      object(
        'VirtualService',
        'shop/a',
        '{hosts: ["*.a.com"], tls: [{match: [{sniHosts: ["*.a.com"]}], R}, {match: [{sniHosts: [b.a.com]}], R}], tcp: [{match: [{port: 9000}], R}, {match: [{port: 9000, sourceLabels: {app: b}}], R}]}'.replaceAll(
          'R}',
          'route: [{destination: {host: reviews, port: {number: 443}}}]}',
        ),
      ),
    [
      'Warning [QTT4001] (VirtualService a.shop in.yaml:10) spec.tcp[1] is never reached: spec.tcp[0] takes all of its requests',
      'Warning [QTT4001] (VirtualService a.shop in.yaml:10) spec.tls[1] is never reached: spec.tls[0] takes all of its requests',
    ],
  ],
  // Hosts on gateways.
  [
    'two virtual services that take everything of one host',
    REVIEWS + GATEWAY + onGateway('shop/a', `{${ROUTE}}`) + onGateway('shop/b', `{${ROUTE}}`),
    [
      'Warning [QTT4003] (VirtualService b.shop in.yaml:20) The VirtualServices a.shop,b.shop define the same host a.com on the gateway shop/g: spec.http[0] of b.shop is never reached, because spec.http[0] of a.shop takes its requests',
    ],
  ],
  [
    'two virtual services that share a host',
    REVIEWS +
      GATEWAY +
      onGateway('shop/a', `{${ROUTE}}`) +
      onGateway('shop/b', `{match: [{uri: {prefix: /b}}], ${ROUTE}}`),
    [
      'Info [QTT4003] (VirtualService b.shop in.yaml:20) The VirtualServices a.shop,b.shop define the same host a.com on the gateway shop/g: their routes are put together, those of the oldest first',
    ],
  ],
  [
    'two gateways with the same host and port',
    REVIEWS + GATEWAY + GATEWAY.replace('name: g}', 'name: h}'),
    [
      'Warning [QTT4004] (Gateway h.shop in.yaml:15) The Gateways shop/g,shop/h serve the host a.com on port 80 of the same workload: the virtual services of both answer',
    ],
  ],
  [
    'two gateways of different hosts',
    REVIEWS + GATEWAY + GATEWAY.replace('name: g}', 'name: h}').replace('a.com', 'b.com'),
    [],
  ],
  [
    'a port for HTTP and for TCP',
    REVIEWS + GATEWAY + GATEWAY.replace('name: g}', 'name: h}').replace('protocol: HTTP', 'protocol: TCP'),
    [
      expect.stringContaining(
        '[QTT4004] (Gateway h.shop in.yaml:15) The Gateways shop/g,shop/h serve the host a.com on port 80 of the same workload: the older one serves HTTP there',
      ),
    ],
  ],
  // Sidecars.
  [
    'an egress host that two namespaces define',
    entry('x/a', '{hosts: [api.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}') +
      entry('y/a', '{hosts: [api.com], ports: [{number: 81, name: http, protocol: HTTP}], resolution: DNS}') +
      object('Sidecar', 'shop/s', '{egress: [{hosts: ["*/api.com"]}]}'),
    [
      'Warning [QTT4005] (Sidecar s.shop in.yaml:15) The egress host "*/api.com" brings in api.com from the namespaces x, y: only one of them can be reached',
    ],
  ],
  // Subsets.
  [
    'a subset that no pod carries',
    REVIEWS +
      pod('shop/reviews-v1', '{app: reviews, version: v1}') +
      object(
        'DestinationRule',
        'shop/r',
        '{host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}',
      ),
    [
      'Warning [QTT4006] (DestinationRule r.shop in.yaml:15) No workload of reviews.shop.svc.cluster.local carries the labels version=v2 of the subset "v2"',
    ],
  ],
  [
    'a subset of a Deployment, and one of endpoints',
    REVIEWS +
      object(
        'Deployment',
        'shop/r',
        '{selector: {matchLabels: {app: reviews}}, template: {metadata: {labels: {app: reviews, version: v2}}, spec: {containers: []}}}',
      ) +
      object('DestinationRule', 'shop/r', '{host: reviews, subsets: [{name: v2, labels: {version: v2}}]}') +
      entry(
        'shop/e',
        '{hosts: [e.com], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 1.1.1.1, labels: {v: a}}]}',
      ) +
      object(
        'DestinationRule',
        'shop/e',
        '{host: e.com, subsets: [{name: a, labels: {v: a}}, {name: b, labels: {v: b}}]}',
      ),
    [
      'Warning [QTT4006] (DestinationRule e.shop in.yaml:25) No workload of e.com carries the labels v=b of the subset "b"',
    ],
  ],
  // Virtual services that nobody takes.
  [
    'hosts that the gateway does not serve',
    REVIEWS + GATEWAY + onGateway('shop/a', `{${ROUTE}}`, '[b.com]'),
    [
      'Warning [QTT4007] (VirtualService a.shop in.yaml:15) No gateway or workload takes the VirtualService: the Gateway shop/g serves none of its hosts to the namespace shop',
    ],
  ],
  [
    'a host kept for another namespace',
    REVIEWS + GATEWAY.replace('"a.com"', '"other/a.com"') + onGateway('shop/a', `{${ROUTE}}`),
    [expect.stringContaining('[QTT4007] (VirtualService a.shop in.yaml:15)')],
  ],
  [
    'one that the gateway cannot see',
    REVIEWS +
      pod('edge/g-1', '{istio: ingressgateway}', '[{name: istio-proxy, ports: [{containerPort: 80}]}]') +
      GATEWAY +
      object(
        'VirtualService',
        'shop/a',
        `{hosts: [a.com], gateways: [g], exportTo: ["."], http: [{${ROUTE}}]}`,
      ),
    [
      'Warning [QTT4007] (VirtualService a.shop in.yaml:20) No gateway or workload takes the VirtualService: its exportTo hides it from the workload of the Gateway shop/g',
    ],
  ],
  [
    'labels of callers that nobody has',
    REVIEWS +
      pod('shop/p', '{app: page}') +
      http('shop/a', `{match: [{sourceLabels: {app: pag}}], ${ROUTE}}`) +
      http('shop/b', `{match: [{sourceLabels: {app: page}}], ${ROUTE}}`, 'exportTo: ["."], ').replace(
        '[reviews]',
        '[other.com]',
      ),
    [
      'Warning [QTT4007] (VirtualService a.shop in.yaml:15) No gateway or workload takes the VirtualService: no workload that sees it has the sourceLabels of its matches',
    ],
  ],
  // Ports.
  [
    'ports without a protocol',
    service(
      'shop/reviews',
      '[{port: 80}, {name: htp-web, port: 81}, {name: web, port: 82, appProtocol: http}, {name: grpc-web-x, port: 83}, {name: db, port: 3306}, {name: udp-x, port: 84}, {name: dns, port: 53, protocol: UDP}]',
    ) + service('kube-system/x', '[{port: 80}]'),
    [
      'Warning [QTT4008] (Service reviews.shop in.yaml:5) The port 80 has no name; the protocol is found out by looking at the bytes',
      'Warning [QTT4008] (Service reviews.shop in.yaml:5) The port 81 has the name "htp-web", which begins with no protocol (did you mean "http-web"?); the protocol is found out by looking at the bytes',
      'Warning [QTT4008] (Service reviews.shop in.yaml:5) The port 84 is named "udp-x" and is no port of UDP; the protocol is found out by looking at the bytes',
    ],
  ],
  // Mutual TLS.
  [
    'a rule without TLS in front of a general one',
    REVIEWS +
      STRICT +
      object(
        'DestinationRule',
        'istio-system/default',
        '{host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}',
      ) +
      object('DestinationRule', 'shop/r', '{host: reviews, subsets: [{name: v1}]}'),
    [
      'Warning [QTT4009] (DestinationRule r.shop in.yaml:20) The rule says nothing of TLS and takes the place of DestinationRule default.istio-system, while reviews.shop.svc.cluster.local accepts mutual TLS only',
    ],
  ],
  [
    'a general rule with mutual TLS',
    REVIEWS +
      STRICT +
      object(
        'DestinationRule',
        'istio-system/default',
        '{host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}',
      ),
    [],
  ],
  [
    'plaintext to a strict server',
    REVIEWS +
      object('PeerAuthentication', 'shop/default', '{mtls: {mode: STRICT}}') +
      object('DestinationRule', 'shop/r', '{host: reviews, trafficPolicy: {tls: {mode: DISABLE}}}'),
    [
      'Error [QTT4010] (DestinationRule r.shop in.yaml:15) Clients call reviews.shop.svc.cluster.local with TLS mode DISABLE, and it accepts mutual TLS only: PeerAuthentication default.shop',
    ],
  ],
  [
    'a strict policy that no rule answers',
    REVIEWS + STRICT,
    [
      'Error [QTT4010] (MeshPolicy default in.yaml:10) Clients call reviews.shop.svc.cluster.local with plaintext, and it accepts mutual TLS only: no DestinationRule says ISTIO_MUTUAL, and automatic mutual TLS is off',
    ],
  ],
  [
    'a permissive service of a strict mesh',
    REVIEWS +
      STRICT +
      object('Policy', 'shop/p', '{targets: [{name: reviews}], peers: [{mtls: {mode: PERMISSIVE}}]}') +
      object('DestinationRule', 'shop/r', '{host: reviews, trafficPolicy: {tls: {mode: DISABLE}}}'),
    [],
  ],
  [
    'plaintext to the API server, which is outside the mesh',
    STRICT +
      object('Service', 'default/kubernetes', '{ports: [{name: https, port: 443}]}') +
      object(
        'DestinationRule',
        'istio-system/api-server',
        '{host: kubernetes.default.svc.cluster.local, trafficPolicy: {tls: {mode: DISABLE}}}',
      ),
    [],
  ],
  // Service entries.
  [
    'a host that two entries define',
    entry('x/a', '{hosts: ["*.a.com"], ports: [{number: 443, name: tls, protocol: TLS}]}') +
      entry('y/b', '{hosts: ["*.a.com"], ports: [{number: 443, name: tls, protocol: TLS}]}'),
    [
      'Warning [QTT4011] (ServiceEntry b.y in.yaml:10) The host *.a.com on port 443 is defined by ServiceEntry a.x too',
    ],
  ],
  [
    'entries that nobody sees together',
    entry('x/a', '{hosts: [a.com], exportTo: ["."], ports: [{number: 443, name: tls, protocol: TLS}]}') +
      entry('y/b', '{hosts: [a.com], exportTo: ["."], ports: [{number: 443, name: tls, protocol: TLS}]}'),
    [],
  ],
  [
    'a wildcard over a host of another protocol, and of the same',
    entry('x/a', '{hosts: ["*.a.com"], ports: [{number: 443, name: http, protocol: HTTP}]}') +
      entry('x/b', '{hosts: [b.a.com], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}') +
      entry('x/c', '{hosts: [c.a.com], ports: [{number: 443, name: http, protocol: HTTP}], resolution: DNS}'),
    [
      'Warning [QTT4012] (ServiceEntry a.x in.yaml:5) The wildcard host *.a.com covers b.a.com of ServiceEntry b.x: port 443 is HTTP here and TLS there',
      'Info [QTT4012] (ServiceEntry a.x in.yaml:5) The wildcard host *.a.com covers c.a.com of ServiceEntry c.x: on port 443 the narrower one counts for its host',
    ],
  ],
  [
    'TCP ports that collide',
    entry('x/a', '{hosts: [a.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: DNS}') +
      entry('x/b', '{hosts: [b.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: DNS}') +
      entry(
        'x/c',
        '{hosts: [c.com], addresses: [10.0.0.1], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: DNS}',
      ) +
      entry(
        'x/d',
        '{hosts: [d.com], addresses: [10.0.0.1], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: DNS}',
      ),
    [
      'Warning [QTT4013] (ServiceEntry b.x in.yaml:10) Port 5432 of b.com wants the listener 0.0.0.0:5432, which ServiceEntry a.x has already',
      'Warning [QTT4013] (ServiceEntry d.x in.yaml:20) Port 5432 of d.com wants the listener 10.0.0.1:5432, which ServiceEntry c.x has already',
    ],
  ],
];

describe('our own analysers', () => {
  it.each(CASES)('%s', (_, text, expected) => {
    expect(lines(text).filter((line) => !/\[(QTT2001|QTT2002|IST0133)\]/.test(line))).toEqual(expected);
  });
});
