import { describe, expect, it } from 'vitest';
import { problems } from './testing-problems.ts';

const to = '{destination: {host: a}}';
const http = (route: string): string => `{hosts: [a], http: [${route}]}`;
const routed = (fields: string): string => http(`{route: [${to}], ${fields}}`);
const matched = (match: string): string => routed(`match: [${match}]`);

describe('a VirtualService may be', () => {
  it.each([
    http(`{route: [${to}]}`),
    `{hosts: [a, "*.b.com", 10.0.0.1], gateways: [mesh, gw, ns/gw, ./gw, gw.ns], http: [{route: [${to}]}], exportTo: ["."]}`,
    `{hosts: ["*"], gateways: [gw], http: [{route: [${to}]}]}`,
    http('{redirect: {uri: /x, redirectCode: 302}}'),
    http('{directResponse: {status: 503}}'),
    http('{route: [{destination: {host: a, subset: v1}, weight: 100}, {destination: {host: b}, weight: 0}]}'),
    matched(
      '{uri: {regex: "/a+"}, headers: {x: {exact: b}, ":path": {prefix: /}}, port: 80, sourceLabels: {app: x}}',
    ),
    routed('timeout: 1ms, retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,connect-failure, 503"}'),
    routed('retries: {attempts: 0}'),
    routed(
      'fault: {delay: {percentage: {value: 0.0001}, fixedDelay: 5s}, abort: {percent: 100, httpStatus: 503}}',
    ),
    routed('corsPolicy: {allowOrigin: ["*", "http://a.com:8080"], allowMethods: [GET], maxAge: 24h}'),
    routed('headers: {request: {set: {x-a: b}, remove: [y]}}, mirror: {host: b}, mirrorPercent: 10'),
    '{hosts: [a.com], tls: [{match: [{sniHosts: [a.com], port: 443}], route: [{destination: {host: a}}]}]}',
    '{hosts: ["*.a.com"], tls: [{match: [{sniHosts: [x.a.com, "*.y.a.com"]}], route: [{destination: {host: a}}]}]}',
    '{hosts: [a], tcp: [{match: [{destinationSubnets: [10.0.0.0/8, 1.2.3.4]}], route: [{destination: {host: a}}]}]}',
  ])('%s', (spec) => {
    expect(problems('VirtualService', spec)).toEqual([]);
  });
});

describe('a VirtualService may not be', () => {
  it.each([
    [
      '{}',
      [
        'spec.hosts: expected at least one host, found none',
        'spec: expected at least one of http, tls and tcp, found none',
      ],
    ],
    [
      `{hosts: ["*"], http: [{route: [${to}]}]}`,
      ['spec.hosts[0]: the host "*" is for gateways only: expected a name for the gateway "mesh"'],
    ],
    [
      `{hosts: ["a..b"], http: [{route: [${to}]}]}`,
      ['spec.hosts[0]: expected a DNS name, a wildcard or an IP address, found "a..b"'],
    ],
    [
      `{hosts: ["a.*.b"], http: [{route: [${to}]}]}`,
      ['spec.hosts[0]: expected a DNS name, a wildcard or an IP address, found "a.*.b"'],
    ],
    [
      `{hosts: [a, A], http: [{route: [${to}]}]}`,
      ['spec.hosts[1]: the host "a" is used already by spec.hosts[0]'],
    ],
    [
      `{hosts: [a], gateways: [a/b/c, A_b], http: [{route: [${to}]}]}`,
      [
        'spec.gateways[0]: expected "mesh", a name or namespace/name; found "a/b/c"',
        'spec.gateways[1]: expected "mesh", a name or namespace/name; found "A_b"',
      ],
    ],
    [
      `{hosts: [a], exportTo: [".", "*", "x y", "."], http: [{route: [${to}]}]}`,
      [
        'spec.exportTo[2]: expected ".", "*" or a namespace, found "x y"',
        'spec.exportTo: "*" stands alone, found 4 entries',
        'spec.exportTo[3]: the namespace "default" is used already by spec.exportTo[0]',
      ],
    ],
    [http('{}'), ['spec.http[0]: expected route, redirect or directResponse, found none']],
    [http('{route: [{}]}'), ['spec.http[0].route[0].destination: expected a destination, found none']],
    [
      http('{route: [{destination: {host: "*"}}]}'),
      ['spec.http[0].route[0].destination.host: expected the name of a service, found "*"'],
    ],
    [
      http('{route: [{destination: {host: a, subset: V_1, port: {number: 0}}}]}'),
      [
        'spec.http[0].route[0].destination.subset: expected at most 63 letters, digits and "-", found "V_1"',
        'spec.http[0].route[0].destination.port.number: expected a port from 1 to 65535, found 0',
      ],
    ],
    [
      http(`{route: [{destination: {host: a}}, {destination: {host: b}}]}`),
      ['spec.http[0].route: expected at least one weight above 0, found none'],
    ],
    [
      http(`{route: [{destination: {host: a}, weight: -1}]}`),
      ['spec.http[0].route[0].weight: expected a weight from 0, found -1'],
    ],
    [
      http(`{redirect: {uri: /x, redirectCode: 200}, route: [${to}], fault: {abort: {httpStatus: 500}}}`),
      [
        'spec.http[0].route: a route with redirect has no destination: expected none',
        'spec.http[0].fault: a route with redirect has no fault: expected none',
        'spec.http[0].redirect.redirectCode: expected a code from 300 to 399, found 200',
      ],
    ],
    [routed('timeout: 0.5ms'), ['spec.http[0].timeout: expected a duration of at least 1ms, found 0.0005s']],
    [
      routed('retries: {attempts: 0, perTryTimeout: 1s}'),
      ['spec.http[0].retries.attempts: expected attempts above 0 where other fields are set, found 0'],
    ],
    [
      routed('retries: {attempts: -1}'),
      ['spec.http[0].retries.attempts: expected a number from 0, found -1'],
    ],
    [
      routed('retries: {attempts: 1, retryOn: "5xx,sometimes"}'),
      ['spec.http[0].retries.retryOn: expected conditions of Envoy or status codes, found "sometimes"'],
    ],
    [routed('fault: {}'), ['spec.http[0].fault: expected delay or abort, found neither']],
    [
      routed('fault: {delay: {percent: 101, fixedDelay: 1us}}'),
      [
        'spec.http[0].fault.delay.percent: expected a percentage from 0 to 100, found 101',
        'spec.http[0].fault.delay.fixedDelay: expected a duration of at least 1ms, found 0.000001s',
      ],
    ],
    [
      routed('fault: {delay: {exponentialDelay: 1s}}'),
      [
        'spec.http[0].fault.delay.exponentialDelay: exponential delays are not supported: expected fixedDelay',
      ],
    ],
    [
      routed('fault: {abort: {percentage: {value: 0.00001}, httpStatus: 99}}'),
      [
        'spec.http[0].fault.abort.percentage.value: expected 0 or a percentage from 0.0001 to 100, found 0.00001',
        'spec.http[0].fault.abort.httpStatus: expected a status from 200 to 599, found 99',
      ],
    ],
    [
      routed('fault: {abort: {http2Error: NO_ERROR}}'),
      ['spec.http[0].fault.abort.http2Error: http2Error is not supported: expected httpStatus'],
    ],
    [
      routed('fault: {abort: {grpcStatus: GONE}}'),
      ['spec.http[0].fault.abort.grpcStatus: expected the name of a gRPC status, found "GONE"'],
    ],
    [
      routed('mirror: {host: b}, mirrorPercent: 101'),
      ['spec.http[0].mirrorPercent: expected a percentage from 0 to 100, found 101'],
    ],
    [
      routed('corsPolicy: {allowOrigin: ["a.com"], allowMethods: [get], maxAge: 1.5s}'),
      [
        'spec.http[0].corsPolicy.allowOrigin[0]: expected "*" or http(s)://host[:port], found "a.com"',
        'spec.http[0].corsPolicy.allowMethods[0]: expected one of GET, HEAD, POST, PUT, PATCH, DELETE, CONNECT, OPTIONS, TRACE; found "get"',
        'spec.http[0].corsPolicy.maxAge: expected whole seconds',
      ],
    ],
    [
      routed(
        'corsPolicy: {allowOrigin: ["http://a:0", "https://[::1]:65536"], allowHeaders: [""], exposeHeaders: [a, ""]}',
      ),
      [
        'spec.http[0].corsPolicy.allowOrigin[0]: expected a port from 1 to 65535, found 0',
        'spec.http[0].corsPolicy.allowOrigin[1]: expected a port from 1 to 65535, found 65536',
        'spec.http[0].corsPolicy.allowHeaders[0]: expected the name of a header, found ""',
        'spec.http[0].corsPolicy.exposeHeaders[1]: expected the name of a header, found ""',
      ],
    ],
    [
      routed('headers: {request: {set: {"": x}, add: {a: "b\\nc"}, remove: ["x y"]}}'),
      [
        'spec.http[0].headers.request.set[""]: expected the name of a header, found ""',
        'spec.http[0].headers.request.add.a: the value of a header is one line',
        'warning spec.http[0].headers.request.remove[0]: expected the name of a header, found "x y"',
      ],
    ],
    [
      matched('{headers: {"": {exact: a}}, port: 70000}'),
      [
        'spec.http[0].match[0].headers[""]: expected the name of a header, found ""',
        'spec.http[0].match[0].port: expected a port from 1 to 65535, found 70000',
      ],
    ],
    [
      '{hosts: [a], tls: [{route: [{destination: {host: a}}]}]}',
      ['spec.tls[0].match: expected at least one match with sniHosts, found none'],
    ],
    [
      '{hosts: [a.com], tls: [{match: [{sniHosts: [b.com], destinationSubnets: [x]}], route: [{destination: {host: a}}]}]}',
      [
        'spec.tls[0].match[0].sniHosts[0]: expected a host that spec.hosts covers, found "b.com"',
        'spec.tls[0].match[0].destinationSubnets[0]: expected an IP address or a range such as 10.0.0.0/8, found "x"',
      ],
    ],
    ['{hosts: [a], tcp: [{}]}', ['spec.tcp[0].route: expected at least one destination, found none']],
  ])('%s', (spec, expected) => {
    expect(problems('VirtualService', spec)).toEqual(expected);
  });

  it('one whose regular expression is none of RE2', () => {
    for (const regex of ['*.example.com', '(?=a)', 'a'.repeat(1025)]) {
      expect(problems('VirtualService', matched(`{uri: {regex: "${regex}"}}`))).toHaveLength(1);
    }
  });
});
