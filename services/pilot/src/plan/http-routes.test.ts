import { describe, expect, it } from 'vitest';
import { named, planOf, serviceYaml, sidecar } from '../fixture/world.ts';
import type { RoutePlan } from './route-types.ts';

const WEB = 'web.default.svc.cluster.local';
const SERVICES = serviceYaml({ name: 'web' }) + serviceYaml({ name: 'copy' });
const RULE = `
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: web, namespace: default}
spec:
  host: web
  trafficPolicy:
    loadBalancer: {consistentHash: {httpHeaderName: X-User}}
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
`;

/** The routes of `web` as a virtual service with these `http` routes makes them. */
function routes(http: string, proxy = sidecar()): readonly RoutePlan[] {
  const yaml = `${SERVICES}${RULE}
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: web, namespace: default}
spec:
  hosts: [web]
  http:
${http.replace(/^/gm, '  ')}
`;
  const table = named(planOf({ yaml }, proxy).routeTables, '9080');
  return named(table.virtualHosts, `${WEB}:9080`).routes;
}

const TO_WEB = 'route: [{destination: {host: web}}]';
const route = (http: string, proxy = sidecar()) => routes(`- ${http}\n  ${TO_WEB}`, proxy)[0];

describe('matches', () => {
  it.each([
    ['uri: {exact: /a}', { path: { kind: 'exact', value: '/a' } }],
    ['uri: {prefix: /a}', { path: { kind: 'prefix', value: '/a' } }],
    ['uri: {regex: /a.*}', { path: { kind: 'regex', value: '/a.*' } }],
    ['uri: {exact: /a}\n    ignoreUriCase: true', { ignoreCase: true }],
    ['method: {exact: GET}', { headers: [{ name: ':method', match: { kind: 'exact', value: 'GET' } }] }],
    ['scheme: {exact: https}', { headers: [{ name: ':scheme' }] }],
    ['authority: {prefix: w}', { headers: [{ name: ':authority', match: { kind: 'prefix', value: 'w' } }] }],
    [
      'headers: {B: {regex: x}, a: {}}',
      { headers: [{ name: 'a', match: { kind: 'present' } }, { name: 'b' }] },
    ],
    ['withoutHeaders: {a: {exact: x}}', { headers: [{ name: 'a', invert: true }] }],
    [
      'queryParams: {q: {exact: v}}',
      { queryParameters: [{ name: 'q', match: { kind: 'exact', value: 'v' } }] },
    ],
  ])('%s', (match, expected) => expect(route(`match:\n  - ${match}`)?.match).toMatchObject(expected));

  it('give one route each, in order, and nothing after one that takes everything', () => {
    const made = routes(`
- name: first
  match: [{name: a, uri: {prefix: /a}}, {uri: {prefix: /b}}]
  ${TO_WEB}
- ${TO_WEB}
- name: never
  ${TO_WEB}`);
    expect(made.map(({ name, match }) => `${name} ${match.path.value}`)).toEqual([
      'first.a /a',
      'first /b',
      ' /',
    ]);
  });

  it.each([
    ['port: 9080', true],
    ['port: 80', false],
    ['sourceLabels: {app: client}', true],
    ['sourceLabels: {app: other}', false],
    ['gateways: [mesh]', true],
    ['gateways: [edge]', false],
    ['gateways: [mesh]\n    sourceLabels: {app: other}', true],
    ['sourceNamespace: default', true],
    ['sourceNamespace: other', false],
  ])('%s counts here: %s', (match, counts) => {
    expect(route(`match:\n  - ${match}\n    uri: {prefix: /x}`)?.match.path.value === '/x').toBe(counts);
  });
});

describe('forwarding', () => {
  const action = (http: string) => route(http)?.action;

  it('has no timeout and two retries where nothing is said', () => {
    expect(action('match: [{uri: {prefix: /}}]')).toMatchObject({
      timeoutMs: 0,
      retry: { attempts: 2, statusCodes: [503], otherHostAttempts: 5 },
    });
  });

  it.each([
    ['timeout: 1.5s', { timeoutMs: 1500 }],
    [
      'retries: {attempts: 3, perTryTimeout: 2s}',
      { retry: { attempts: 3, perTryTimeoutMs: 2000, statusCodes: [503] } },
    ],
    [
      "retries: {attempts: 1, retryOn: 'gateway-error,429'}",
      { retry: { conditions: ['gateway-error', 'retriable-status-codes'], statusCodes: [429] } },
    ],
    ['retries: {attempts: 1, retryOn: 5xx}', { retry: { conditions: ['5xx'], statusCodes: [] } }],
    ['rewrite: {uri: /new, authority: other}', { rewrite: { prefix: '/new', host: 'other' } }],
    [
      "rewrite: {uriRegexRewrite: {match: '^/a', rewrite: /b}}",
      { rewrite: { regexRewrite: { pattern: '^/a', substitution: '/b' } } },
    ],
    [
      'mirror: {host: copy}',
      { mirrors: [{ cluster: 'outbound|9080||copy.default.svc.cluster.local', percent: 100 }] },
    ],
    ['mirror: {host: copy}\n  mirrorPercent: 0', { mirrors: [] }],
    ['mirror: {host: copy}\n  mirrorPercentage: {value: 0.5}', { mirrors: [{ percent: 0.5 }] }],
    ['mirror: {host: nobody}', { mirrors: [] }],
  ])('%s', (http, expected) => expect(action(http)).toMatchObject(expected));

  it('does not retry with no attempts', () => {
    expect(action('retries: {attempts: 0}')).not.toHaveProperty('retry');
  });

  it('leaves destinations of weight 0 out, and a single one is no split', () => {
    const [only] = routes(`
- route:
  - destination: {host: web, subset: v1}
    weight: 0
  - destination: {host: web, subset: v2}
    weight: 100
    headers: {request: {set: {A: b}}}`);
    expect(only).toMatchObject({
      requestHeaders: { set: [{ name: 'a', value: 'b' }] },
      action: { targets: [{ cluster: `outbound|9080|v2|${WEB}`, weight: 100, requestHeaders: { set: [] } }] },
    });
  });

  it('sends what does not exist to the cluster without endpoints', () => {
    const [split] = routes(`
- route:
  - {destination: {host: web, subset: v1}, weight: 50}
  - {destination: {host: web, subset: gone}, weight: 30}
  - {destination: {host: nobody}, weight: 20}`);
    expect(split?.action).toMatchObject({
      targets: [
        { cluster: `outbound|9080|v1|${WEB}`, weight: 50 },
        { cluster: 'BlackHoleCluster', weight: 30 },
        { cluster: 'BlackHoleCluster', weight: 20 },
      ],
    });
  });

  it('hashes as the rule of the destination says, a subset by its own', () => {
    expect(action('timeout: 1s')).toMatchObject({ hash: [{ kind: 'header', name: 'x-user' }] });
    expect(routes('- route: [{destination: {host: web, subset: v2}}]')[0]?.action).toMatchObject({
      hash: [],
    });
  });
});

describe('the rest of a route', () => {
  it('answers by itself', () => {
    expect(routes('- redirect: {uri: /x, authority: y, redirectCode: 307}')[0]?.action).toEqual({
      kind: 'redirect',
      path: '/x',
      host: 'y',
      code: 307,
    });
    expect(routes('- redirect: {uri: /x}')[0]?.action).toMatchObject({ code: 301 });
    expect(routes('- directResponse: {status: 404, body: {string: no}}')[0]?.action).toEqual({
      kind: 'answer',
      status: 404,
      body: 'no',
    });
  });

  it.each([
    [
      'fault: {delay: {percentage: {value: 12.5}, fixedDelay: 2s}}',
      { fault: { delay: { durationMs: 2000, percent: 12.5 } } },
    ],
    [
      'fault: {abort: {percent: 10, httpStatus: 500}}',
      { fault: { abort: { httpStatus: 500, percent: 10 } } },
    ],
    ['fault: {abort: {httpStatus: 500}}', { fault: { abort: { percent: 0 } } }],
    [
      "corsPolicy: {allowOrigin: ['*'], allowMethods: [GET], maxAge: 1h, allowCredentials: false}",
      {
        cors: { allowOrigins: [{ kind: 'exact', value: '*' }], maxAgeSeconds: 3600, allowCredentials: false },
      },
    ],
    [
      'headers: {request: {set: {B: b1, A: a2}, add: {C: c3}, remove: [D]}}\n  appendHeaders: {e: e5}\n  removeRequestHeaders: [F]',
      {
        requestHeaders: {
          set: [
            { name: 'a', value: 'a2' },
            { name: 'b', value: 'b1' },
          ],
          add: [
            { name: 'c', value: 'c3' },
            { name: 'e', value: 'e5' },
          ],
          remove: ['d', 'f'],
        },
      },
    ],
    ['appendResponseHeaders: {x: y}', { responseHeaders: { add: [{ name: 'x', value: 'y' }] } }],
    ['match: [{uri: {prefix: /a}}]', { operation: `${WEB}:9080/a*` }],
    ['match: [{uri: {exact: /a}}]', { operation: `${WEB}:9080/a` }],
    [
      'timeout: 1s',
      { operation: `${WEB}:9080/*`, context: { attributes: { 'destination.service.name': 'web' } } },
    ],
  ])('%s', (http, expected) => expect(route(http)).toMatchObject(expected));

  it('says which objects it came from', () => {
    expect(route('timeout: 1s')?.sources).toEqual([
      'istio/networking/v1alpha3/destinationrules/default/web',
      'istio/networking/v1alpha3/virtualservices/default/web',
    ]);
  });
});
