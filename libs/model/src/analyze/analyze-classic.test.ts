import { describe, expect, it } from 'vitest';
import { analyzeText, lines, object, pod, service } from './testing-analysis.ts';

const REVIEWS = service('shop/reviews');
const virtualService = (name: string, spec: string): string => object('VirtualService', name, spec);
const to = (destination: string): string =>
  `{hosts: [reviews], http: [{route: [{destination: ${destination}}]}]}`;

/** What is found, as code, resource and text; each case one file. */
const CASES: readonly (readonly [says: string, text: string, expected: readonly string[]])[] = [
  [
    'a gateway that is not there',
    REVIEWS +
      virtualService(
        'shop/a',
        '{hosts: [reviews], gateways: [mesh, none], http: [{route: [{destination: {host: reviews}}]}]}',
      ),
    ['Error [IST0101] (VirtualService a.shop in.yaml:10) Referenced gateway not found: "none"'],
  ],
  [
    'a host that is not there',
    REVIEWS + virtualService('shop/a', to('{host: bogus}')),
    ['Error [IST0101] (VirtualService a.shop in.yaml:10) Referenced host not found: "bogus"'],
  ],
  [
    'a short name means the own namespace',
    REVIEWS + virtualService('other/a', to('{host: reviews}')),
    ['Error [IST0101] (VirtualService a.other in.yaml:10) Referenced host not found: "reviews"'],
  ],
  [
    'a full name means any namespace',
    REVIEWS + virtualService('other/a', to('{host: reviews.shop.svc.cluster.local}')),
    [],
  ],
  [
    'a host of another namespace that is not exported',
    object(
      'ServiceEntry',
      'egress/e',
      '{hosts: [api.example.com], exportTo: ["."], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}',
    ) + virtualService('shop/a', to('{host: api.example.com}')),
    ['Error [IST0101] (VirtualService a.shop in.yaml:10) Referenced host not found: "api.example.com"'],
  ],
  [
    'a host that a wildcard entry covers',
    object(
      'ServiceEntry',
      'egress/e',
      '{hosts: ["*.example.com"], resolution: NONE, ports: [{number: 443, name: tls, protocol: TLS}]}',
    ) + virtualService('shop/a', to('{host: api.example.com}')),
    [],
  ],
  [
    'a port that the service does not have',
    REVIEWS + virtualService('shop/a', to('{host: reviews, port: {number: 9999}}')),
    ['Error [IST0101] (VirtualService a.shop in.yaml:10) Referenced host:port not found: "reviews:9999"'],
  ],
  [
    'a service with several ports and no port named',
    service('shop/reviews', '[{name: http, port: 80}, {name: http-admin, port: 81}]') +
      virtualService('shop/a', to('{host: reviews}')),
    [
      'Error [IST0112] (VirtualService a.shop in.yaml:10) This VirtualService routes to a service "reviews.shop.svc.cluster.local" that exposes multiple ports [80 81]. Specifying a port in the destination is required to disambiguate',
    ],
  ],
  [
    'a subset that no rule defines',
    REVIEWS +
      object('DestinationRule', 'shop/r', '{host: reviews, subsets: [{name: v1, labels: {version: v1}}]}') +
      virtualService('shop/a', to('{host: reviews, subset: v2}')),
    [
      'Error [IST0101] (VirtualService a.shop in.yaml:15) Referenced host+subset in destinationrule not found: "reviews+v2"',
    ],
  ],
  [
    'a mirror that is not there',
    REVIEWS +
      virtualService(
        'shop/a',
        '{hosts: [reviews], http: [{mirror: {host: gone}, route: [{destination: {host: reviews}}]}]}',
      ),
    ['Error [IST0101] (VirtualService a.shop in.yaml:10) Referenced host not found: "gone"'],
  ],
  [
    'a gateway whose selector selects nothing',
    object(
      'Gateway',
      'shop/g',
      '{selector: {app: none}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}',
    ),
    ['Error [IST0101] (Gateway g.shop in.yaml:5) Referenced selector not found: "app=none"'],
  ],
  [
    'the ports of the system ingress gateway without its pods',
    object(
      'Gateway',
      'shop/g',
      '{selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["a.com"]}, {port: {number: 8003, name: http-2, protocol: HTTP}, hosts: ["b.com"]}]}',
    ),
    [
      'Warning [IST0104] (Gateway g.shop in.yaml:5) The gateway refers to a port that is not exposed on the workload (pod selector istio=ingressgateway; port 8003)',
    ],
  ],
  [
    'the ports of the Services of the gateway pods',
    pod('edge/g-1', '{app: edge}') +
      service(
        'edge/edge',
        '[{name: http, port: 80, targetPort: 8080}, {name: https, port: 443, targetPort: 8443}]',
      ) +
      object(
        'Gateway',
        'shop/g',
        '{selector: {app: edge}, servers: [{port: {number: 8080, name: http, protocol: HTTP}, hosts: ["a.com"]}, {port: {number: 81, name: http-2, protocol: HTTP}, hosts: ["b.com"]}]}',
      ),
    [
      'Warning [IST0104] (Gateway g.shop in.yaml:15) The gateway refers to a port that is not exposed on the workload (pod selector app=edge; port 81)',
    ],
  ],
  [
    'two virtual services of one host for the sidecars',
    REVIEWS +
      virtualService('shop/a', to('{host: reviews}')) +
      virtualService('shop/b', to('{host: reviews}')),
    ['a', 'b'].map(
      (name, index) =>
        `Error [IST0109] (VirtualService ${name}.shop in.yaml:${10 + 5 * index}) The VirtualServices a.shop,b.shop associated with mesh gateway define the same host reviews.shop.svc.cluster.local which can lead to undefined behavior. This can be fixed by merging the conflicting VirtualServices into a single resource`,
    ),
  ],
  [
    'two that nobody sees together',
    REVIEWS +
      ['x', 'y']
        .map((namespace) =>
          virtualService(
            `${namespace}/a`,
            '{hosts: [reviews.shop.svc.cluster.local], exportTo: ["."], http: [{route: [{destination: {host: reviews.shop.svc.cluster.local}}]}]}',
          ),
        )
        .join(''),
    [],
  ],
  [
    'two Sidecars for one pod',
    pod('shop/reviews-1', '{app: reviews}') +
      object(
        'Sidecar',
        'shop/a',
        '{workloadSelector: {labels: {app: reviews}}, egress: [{hosts: ["*/*"]}]}',
      ) +
      object('Sidecar', 'shop/b', '{workloadSelector: {labels: {app: reviews}}, egress: [{hosts: ["*/*"]}]}'),
    ['a', 'b'].map(
      (name, index) =>
        `Error [IST0110] (Sidecar ${name}.shop in.yaml:${10 + 5 * index}) The Sidecars [a b] in namespace "shop" select the same workload pod "reviews-1.shop", which can lead to undefined behavior`,
    ),
  ],
  [
    'a Sidecar that selects nothing, and two without a selector',
    object('Sidecar', 'shop/a', '{workloadSelector: {labels: {app: reviews}}, egress: [{hosts: ["*/*"]}]}') +
      object('Sidecar', 'shop/b', '{egress: [{hosts: ["*/*"]}]}') +
      object('Sidecar', 'shop/c', '{egress: [{hosts: ["./*"]}]}'),
    [
      'Error [IST0101] (Sidecar a.shop in.yaml:5) Referenced selector not found: "app=reviews"',
      ...['b', 'c'].map(
        (name, index) =>
          `Error [IST0111] (Sidecar ${name}.shop in.yaml:${10 + 5 * index}) The Sidecars [b c] in namespace "shop" have no workload selector, which can lead to undefined behavior`,
      ),
    ],
  ],
  [
    'roles and their services',
    REVIEWS +
      object(
        'ServiceRole',
        'shop/viewer',
        '{rules: [{services: ["reviews.shop.svc.cluster.local", "rev*", "gone.shop.svc.cluster.local"], methods: [GET]}]}',
      ) +
      object(
        'ServiceRoleBinding',
        'shop/b',
        '{subjects: [{user: "*"}], roleRef: {kind: ServiceRole, name: none}}',
      ) +
      object(
        'ServiceRoleBinding',
        'shop/c',
        '{subjects: [{user: "*"}], roleRef: {kind: ServiceRole, name: viewer}}',
      ),
    [
      'Error [IST0101] (ServiceRole viewer.shop in.yaml:10) Referenced service not found: "gone.shop.svc.cluster.local"',
      'Error [IST0101] (ServiceRoleBinding b.shop in.yaml:15) Referenced ServiceRole not found: "none"',
    ],
  ],
  [
    'namespaces and pods without a proxy',
    [
      'shop: {istio-injection: enabled}',
      'off: {istio-injection: disabled}',
      'new: {}',
      'kube-system: {}',
      'istio-system: {}',
    ]
      .map(
        (each) =>
          `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${each.split(':')[0]}, labels: ${each.slice(each.indexOf(':') + 1)}}\n`,
      )
      .join('') +
      pod('shop/bare', '{}', '[{name: app, image: app}]') +
      pod('shop/meshed', '{}') +
      object(
        'Pod',
        'shop/out',
        '{containers: [{name: app}]}',
        ', annotations: {sidecar.istio.io/inject: "false"}',
      ) +
      object(
        'Pod',
        'shop/native',
        '{containers: [{name: app}], initContainers: [{name: istio-proxy, restartPolicy: Always}]}',
      ),
    [
      "Warning [IST0102] (Namespace new in.yaml:12) The namespace is not enabled for Istio injection. Run 'kubectl label namespace new istio-injection=enabled' to enable it, or 'kubectl label namespace new istio-injection=disabled' to explicitly mark it as not needing injection",
      "Warning [IST0103] (Pod bare.shop in.yaml:22) The pod is missing its Istio proxy. Run 'kubectl delete pod bare -n shop' to restart it",
    ],
  ],
  [
    'proxies of another version than the injector',
    pod(
      'istio-system/injector',
      '{istio: sidecar-injector}',
      '[{name: sidecar-injector-webhook, image: "registry:5000/istio/sidecar_injector:1.4.10"}]',
    ) +
      pod('shop/old', '{}', '[{name: istio-proxy, image: "docker.io/istio/proxyv2:1.3.8"}]') +
      pod('shop/same', '{}', '[{name: istio-proxy, image: "docker.io/istio/proxyv2:1.4.10@sha256:00"}]') +
      pod('shop/stock', '{}', '[{name: istio-proxy, image: "docker.io/envoyproxy/envoy:v1.40.0"}]'),
    [
      'Warning [IST0105] (Pod old.shop in.yaml:7) The version of the Istio proxy running on the pod does not match the version used by the istio injector (pod version: 1.3.8; injector version: 1.4.10)',
    ],
  ],
  [
    'annotations',
    object(
      'Service',
      'shop/a',
      '{ports: [{name: http, port: 80}]}',
      ', annotations: {sidecar.istio.io/inject: "true", networking.istio.io/exportTo: "*", example.com/x: y}',
    ) +
      object(
        'Deployment',
        'shop/d',
        '{template: {metadata: {annotations: {sidecar.istio.io/inject: "true", sidecar.istio.io/injects: "true"}}, spec: {containers: []}}}',
        ', annotations: {sidecar.istio.io/inject: "true"}',
      ),
    [
      'Warning [IST0107] (Service a.shop in.yaml:4) Misplaced annotation: sidecar.istio.io/inject can only be applied to Pod',
      'Warning [IST0107] (Deployment d.shop in.yaml:9) Misplaced annotation: sidecar.istio.io/inject can only be applied to Pod',
      'Warning [IST0108] (Deployment d.shop in.yaml:10) Unknown annotation: sidecar.istio.io/injects',
    ],
  ],
  [
    'tokens on ports that are no HTTP',
    service(
      'shop/reviews',
      '[{name: http, port: 80}, {name: svc, port: 81, targetPort: 8081}, {name: udp, port: 82, protocol: UDP}]',
    ) +
      object(
        'Policy',
        'shop/p',
        '{targets: [{name: reviews}], peers: [{jwt: {issuer: a, jwksUri: "https://a.example.com"}}]}',
      ),
    [
      'Warning [IST0119] (Policy p.shop in.yaml:10) Authentication policy with JWT targets Service with invalid port specification (port: 81, name: svc, protocol: TCP, targetPort: 8081)',
      'Warning [IST0119] (Policy p.shop in.yaml:10) Authentication policy with JWT targets Service with invalid port specification (port: 82, name: udp, protocol: UDP, targetPort: 82)',
    ],
  ],
  [
    'what is deprecated',
    REVIEWS +
      virtualService(
        'shop/a',
        '{hosts: [reviews], http: [{websocketUpgrade: true, appendHeaders: {a: b}, fault: {delay: {percent: 5, fixedDelay: 1s}}, route: [{removeRequestHeaders: [x], destination: {host: reviews}}]}]}',
      ) +
      object(
        'ServiceRoleBinding',
        'shop/b',
        '{subjects: [{group: g}], roleRef: {kind: ServiceRole, name: viewer}}',
      ) +
      object('ServiceRole', 'shop/viewer', '{rules: [{services: ["*"]}]}'),
    [
      'Warning [IST0002] (VirtualService a.shop in.yaml:10) Deprecated: HTTPRoute.append_headers is deprecated; use HTTPRoute.headers.request.add',
      'Warning [IST0002] (VirtualService a.shop in.yaml:10) Deprecated: HTTPRoute.fault.delay.percent is deprecated; use HTTPRoute.fault.delay.percentage',
      'Warning [IST0002] (VirtualService a.shop in.yaml:10) Deprecated: HTTPRouteDestination.remove_request_headers is deprecated; use HTTPRouteDestination.headers.request.remove',
      'Warning [IST0002] (VirtualService a.shop in.yaml:10) Deprecated: HTTPRoute.websocket_upgrade is deprecated',
      'Warning [IST0002] (ServiceRoleBinding b.shop in.yaml:15) Deprecated: ServiceRoleBinding.subjects.group is deprecated; use groups',
    ],
  ],
  [
    'a rule of the kind that is broken, beside what refers to the object',
    REVIEWS +
      virtualService(
        'shop/a',
        '{hosts: [reviews], http: [{timeout: -1s, route: [{destination: {host: gone}}]}]}',
      ),
    [
      'Error [IST0101] (VirtualService a.shop in.yaml:10) Referenced host not found: "gone"',
      expect.stringContaining(
        'Error [IST0106] (VirtualService a.shop in.yaml:10) Schema validation error: spec.http[0].timeout',
      ),
    ],
  ],
  [
    'an object that cannot be read is not missing',
    'apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\nmetadata: {name: g, namespace: shop}\nspec: {oops: 1}\n' +
      REVIEWS +
      virtualService(
        'shop/a',
        '{hosts: [reviews], gateways: [g], http: [{route: [{destination: {host: reviews}}]}]}',
      ),
    [expect.stringContaining('Error [IST0106] (Gateway g.shop in.yaml:4)')],
  ],
];

describe('the classic analysers', () => {
  it.each(CASES)('%s', (_, text, expected) => {
    expect(lines(text).filter((line) => !line.includes('[QTT'))).toEqual(expected);
  });

  it('give issues with a path and the resource', () => {
    const [issue] = analyzeText(REVIEWS + virtualService('shop/a', to('{host: bogus}')));
    expect(issue).toMatchObject({
      code: 'IST0101',
      severity: 'error',
      resource: { kind: 'VirtualService', namespace: 'shop', name: 'a' },
      path: 'spec.http[0].route[0].destination.host',
    });
  });
});
