import { describe, expect, it } from 'vitest';
import { problems } from './testing-problems.ts';

/** Errors only: what is accepted may still be told of. */
function errors(kind: string, spec: string): string[] {
  return problems(kind, spec).filter((problem) => !problem.startsWith('warning '));
}

const LONG_LABEL = 'a'.repeat(63);

describe('hosts of a VirtualService', () => {
  const withHost = (host: string, more = ''): string =>
    `{hosts: [${JSON.stringify(host)}], http: [{route: [{destination: {host: a}}]}]${more}}`;
  it.each([
    ...[
      'a',
      'A.com',
      'a.com.',
      '*.a.com',
      '*a.com',
      '*-a.com',
      '*a',
      'xn--nxasmq6b.com',
      '1a.b',
      '1.b',
      '::1',
    ],
    ...['10.0.0.1', 'fd00::1', LONG_LABEL, `${LONG_LABEL}.${LONG_LABEL}`, '0.0.0.0', '2001:db8::1.2.3.4'],
  ])('%s is one', (host) => {
    expect(errors('VirtualService', withHost(host))).toEqual([]);
  });
  it.each([
    ...[
      '',
      ' ',
      '.',
      '..',
      'a..b',
      '.a',
      '-a',
      'a-',
      'a_b',
      'a.*',
      'a*',
      '*.',
      '**',
      '*.*.a',
      'a.*.b',
      '*.*',
      'a/b',
    ],
    ...[
      'bücher.de',
      '日本.jp',
      'a:80',
      '1.2.3',
      '1.2.3.256',
      'a.1',
      `${LONG_LABEL}a`,
      'http://a',
      '*_a.b',
      'a b',
    ],
    ...['1.2.3.4/8', '[::1]', `${'a.'.repeat(130)}b`],
  ])('%s is none', (host) => {
    expect(errors('VirtualService', withHost(host))).toHaveLength(1);
  });
  it('a star alone is for gateways', () => {
    expect(errors('VirtualService', withHost('*'))).toHaveLength(1);
    expect(errors('VirtualService', withHost('*', ', gateways: [gw]'))).toEqual([]);
    expect(errors('VirtualService', withHost('*', ', gateways: [gw, mesh]'))).toHaveLength(1);
    expect(errors('VirtualService', withHost('*.com', ', gateways: [mesh]'))).toEqual([]);
  });
});

describe('a VirtualService', () => {
  const routed = (fields: string): string =>
    `{hosts: [a], http: [{route: [{destination: {host: a}}], ${fields}}]}`;
  const weighted = (...weights: number[]): string =>
    `{hosts: [a], http: [{route: [${weights.map((weight) => `{destination: {host: a}, weight: ${weight}}`).join(', ')}]}]}`;
  it.each([
    ...[weighted(0), weighted(7), weighted(60, 30), weighted(100, 0), weighted(1, 1, 1), weighted(200, 300)],
    '{hosts: [a], http: [{route: [{destination: {host: "*.a.com"}}]}]}',
    '{hosts: [a], gateways: [ns/gw, gw.ns.svc.cluster.local, ./gw, mesh], http: [{redirect: {authority: b}}]}',
    '{hosts: [a], exportTo: [ns1, ns2, .], http: [{redirect: {scheme: https}}]}',
    '{hosts: [a], exportTo: ["*"], http: [{redirect: {port: 8443}}]}',
    '{hosts: [a], http: [{match: [{uri: {prefix: /a}}], delegate: {name: b, namespace: c}}]}',
    '{http: [{match: [{uri: {prefix: /a}}], route: [{destination: {host: a}}]}]}',
    '{hosts: [a], http: [{directResponse: {status: 200, body: {string: ok}}}]}',
    routed(
      'match: [{withoutHeaders: {x: {}}, headers: {"@request.auth.claims.sub": {exact: a}}, queryParams: {q: {prefix: ""}}}]',
    ),
    routed('match: [{}]'),
    routed(
      'corsPolicy: {allowOrigins: [{regex: ".*"}, {exact: a}], allowOrigin: ["http://[::1]:80"], allowMethods: []}',
    ),
    routed('mirrors: [{destination: {host: b}, percentage: {value: 0.5}}]'),
    routed('mirror: {host: b}, mirrorPercentage: {value: 100}'),
    routed(
      'retries: {attempts: 2, retryOn: "503, reset,retriable-status-codes", retryRemoteLocalities: true, backoff: 25ms}',
    ),
    routed('rewrite: {uriRegexRewrite: {match: "^/a/(.*)", rewrite: "/\\\\1"}}'),
    routed('fault: {abort: {percentage: {value: 0}, grpcStatus: UNAVAILABLE}}'),
    routed('headers: {response: {set: {"x y": a}}}'),
    '{hosts: [a.com], tls: [{match: [{sniHosts: [a.com], sourceNamespace: b}], route: [{destination: {host: a, port: {number: 443}}}]}]}',
    '{hosts: ["*"], gateways: [g], tls: [{match: [{sniHosts: ["*"]}], route: [{destination: {host: a}, weight: 3}, {destination: {host: b}, weight: 1}]}]}',
    '{hosts: [a], tcp: [{match: [{port: 1, sourceSubnet: "fd00::/8"}], route: [{destination: {host: a}}]}, {route: [{destination: {host: b}}]}]}',
  ])('may be %s', (spec) => {
    expect(errors('VirtualService', spec)).toEqual([]);
  });
  it.each([
    [weighted(0, 0), 'spec.http[0].route'],
    [weighted(50, -50), 'spec.http[0].route[1].weight'],
    ['{hosts: [a], http: []}', 'spec'],
    ['{hosts: [], gateways: [g], http: [{redirect: {uri: /}}]}', 'spec.hosts'],
    ['{tcp: [{route: [{destination: {host: a}}]}]}', 'spec.hosts'],
    ['{http: [{delegate: {name: a}}]}', 'spec.http[0].delegate'],
    ['{hosts: [a], http: [{delegate: {}}]}', 'spec.http[0].delegate.name'],
    ['{hosts: [a], http: [{delegate: {name: b}, route: [{destination: {host: a}}]}]}', 'spec.http[0].route'],
    [
      '{hosts: [a], http: [{match: [{uri: {regex: a}}], delegate: {name: b}}]}',
      'spec.http[0].match[0].uri.regex',
    ],
    ['{hosts: [a], exportTo: ["*", a], http: [{redirect: {uri: /}}]}', 'spec.exportTo'],
    ['{hosts: [a], exportTo: [a, a], http: [{redirect: {uri: /}}]}', 'spec.exportTo[1]'],
    ['{hosts: [a], exportTo: [default, .], http: [{redirect: {uri: /}}]}', 'spec.exportTo[1]'],
    ['{hosts: [a], exportTo: ["~"], http: [{redirect: {uri: /}}]}', 'spec.exportTo[0]'],
    ['{hosts: [a], exportTo: [""], http: [{redirect: {uri: /}}]}', 'spec.exportTo[0]'],
    ['{hosts: [a], http: [{redirect: {}}]}', 'spec.http[0].redirect'],
    ['{hosts: [a], http: [{redirect: {uri: /, redirectCode: 299}}]}', 'spec.http[0].redirect.redirectCode'],
    ['{hosts: [a], http: [{redirect: {uri: /, redirectCode: 400}}]}', 'spec.http[0].redirect.redirectCode'],
    ['{hosts: [a], http: [{redirect: {uri: /, scheme: ftp}}]}', 'spec.http[0].redirect.scheme'],
    ['{hosts: [a], http: [{redirect: {uri: /}, websocketUpgrade: true}]}', 'spec.http[0].websocketUpgrade'],
    ['{hosts: [a], http: [{redirect: {uri: /}, rewrite: {uri: /}}]}', 'spec.http[0].rewrite'],
    ['{hosts: [a], http: [{directResponse: {}}]}', 'spec.http[0].directResponse.status'],
    ['{hosts: [a], http: [{directResponse: {status: 600}}]}', 'spec.http[0].directResponse.status'],
    [routed('timeout: -1s'), 'spec.http[0].timeout'],
    [routed('timeout: 1.5ms'), 'spec.http[0].timeout'],
    [routed('rewrite: {}'), 'spec.http[0].rewrite'],
    [
      routed('rewrite: {uri: /, uriRegexRewrite: {match: a, rewrite: b}}'),
      'spec.http[0].rewrite.uriRegexRewrite',
    ],
    [
      routed('rewrite: {uriRegexRewrite: {match: "(", rewrite: b}}'),
      'spec.http[0].rewrite.uriRegexRewrite.match',
    ],
    [routed('mirror: {}'), 'spec.http[0].mirror.host'],
    [routed('mirror: {host: a}, mirrors: [{destination: {host: b}}]'), 'spec.http[0].mirrors'],
    [routed('mirrors: [{}]'), 'spec.http[0].mirrors[0].destination'],
    [routed('mirrorPercentage: {value: 100.1}, mirror: {host: b}'), 'spec.http[0].mirrorPercentage.value'],
    [routed('retries: {attempts: 0, retryRemoteLocalities: true}'), 'spec.http[0].retries.attempts'],
    [routed('retries: {attempts: 1, retryOn: "5xx,"}'), 'spec.http[0].retries.retryOn'],
    [routed('match: [{headers: {x: {regex: "a{2000}"}}}]'), 'spec.http[0].match[0].headers.x.regex'],
    [routed('match: [{gateways: [a/b/c]}]'), 'spec.http[0].match[0].gateways[0]'],
    [routed('match: [{sourceLabels: {"a b": c}}]'), 'spec.http[0].match[0].sourceLabels["a b"]'],
    [routed('match: [{sourceNamespace: a.b}]'), 'spec.http[0].match[0].sourceNamespace'],
    [routed('fault: {abort: {}}'), 'spec.http[0].fault.abort'],
    [routed('fault: {delay: {percent: -1, fixedDelay: 1s}}'), 'spec.http[0].fault.delay.percent'],
    [routed('fault: {abort: {httpStatus: 600}}'), 'spec.http[0].fault.abort.httpStatus'],
    [routed('corsPolicy: {allowOrigin: ["*.a.com"]}'), 'spec.http[0].corsPolicy.allowOrigin[0]'],
    [routed('corsPolicy: {allowOrigins: [{regex: "["}]}'), 'spec.http[0].corsPolicy.allowOrigins[0].regex'],
    [
      '{hosts: [a.com], tls: [{match: [{}], route: [{destination: {host: a}}]}]}',
      'spec.tls[0].match[0].sniHosts',
    ],
    [
      '{hosts: [a.com], tls: [{match: [{sniHosts: ["*.com"]}], route: [{destination: {host: a}}]}]}',
      'spec.tls[0].match[0].sniHosts[0]',
    ],
    ['{hosts: [a.com], tls: [{match: [{sniHosts: [a.com]}]}]}', 'spec.tls[0].route'],
    [
      '{hosts: [a], tcp: [{match: [{destinationSubnets: [10.0.0.0/33]}], route: [{destination: {host: a}}]}]}',
      'spec.tcp[0].match[0].destinationSubnets[0]',
    ],
  ])('may not be %s', (spec, path) => {
    expect(errors('VirtualService', spec).map((problem) => problem.split(': ')[0])).toEqual([path]);
  });
});

describe('a DestinationRule', () => {
  const policy = (fields: string): string => `{host: a, trafficPolicy: {${fields}}}`;
  it.each([
    '{host: "*"}',
    '{host: "*.a.com", exportTo: [a, b]}',
    '{host: a, subsets: [{name: V1}, {name: "1"}]}',
    policy('connectionPool: {tcp: {}}'),
    policy(
      'connectionPool: {http: {useClientProtocol: true}, tcp: {maxConnectionDuration: 1s, idleTimeout: 0s, tcpKeepalive: {time: 0s}}}',
    ),
    policy('outlierDetection: {}'),
    policy('outlierDetection: {consecutive5xxErrors: 0, consecutiveGatewayErrors: 5, minHealthPercent: 0}'),
    policy('outlierDetection: {splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 3}'),
    policy(
      'loadBalancer: {simple: LEAST_REQUEST, warmup: {duration: 30s, minimumPercent: 10, aggression: 1}}',
    ),
    policy('loadBalancer: {simple: LEAST_CONN, warmupDurationSecs: 60s}'),
    policy('loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 65537}}}'),
    policy(
      'loadBalancer: {localityLbSetting: {enabled: true, failover: [{from: a, to: b}], failoverPriority: [version]}}',
    ),
    policy('tls: {mode: MUTUAL, credentialName: c}'),
    policy('tls: {mode: SIMPLE, insecureSkipVerify: true}'),
    policy('tls: {mode: ISTIO_MUTUAL, clientCertificate: c}'),
    policy('tls: {}'),
    policy('proxyProtocol: {version: V2}'),
    policy('tunnel: {targetHost: a.com, targetPort: 443}'),
    '{host: a, workloadSelector: {matchLabels: {app: a}}, exportTo: ["."]}',
  ])('may be %s', (spec) => {
    expect(errors('DestinationRule', spec)).toEqual([]);
  });
  it.each([
    ['{host: a.*}', 'spec.host'],
    ['{host: 10.0.0.1}', 'spec.host'],
    ['{host: a, subsets: [{}]}', 'spec.subsets[0].name'],
    [`{host: a, subsets: [{name: ${'a'.repeat(64)}}]}`, 'spec.subsets[0].name'],
    [`{host: a, subsets: [{name: a, labels: {x: "${'a'.repeat(64)}"}}]}`, 'spec.subsets[0].labels.x'],
    ['{host: a, exportTo: [., .]}', 'spec.exportTo[1]'],
    ['{host: a, workloadSelector: {matchLabels: {app: a}}, exportTo: ["*"]}', 'spec.exportTo[0]'],
    [
      policy('portLevelSettings: [{port: {number: 65536}, tls: {}}]'),
      'spec.trafficPolicy.portLevelSettings[0].port.number',
    ],
    [policy('portLevelSettings: [{port: {number: 80}}]'), 'spec.trafficPolicy.portLevelSettings[0]'],
    [
      policy('connectionPool: {http: {maxConcurrentStreams: -1}}'),
      'spec.trafficPolicy.connectionPool.http.maxConcurrentStreams',
    ],
    [
      policy('connectionPool: {http: {useClientProtocol: true, h2UpgradePolicy: UPGRADE}}'),
      'spec.trafficPolicy.connectionPool.http.useClientProtocol',
    ],
    [
      policy('connectionPool: {tcp: {maxConnectionDuration: 0s}}'),
      'spec.trafficPolicy.connectionPool.tcp.maxConnectionDuration',
    ],
    [
      policy('outlierDetection: {minHealthPercent: -1}'),
      'spec.trafficPolicy.outlierDetection.minHealthPercent',
    ],
    [
      policy('outlierDetection: {baseEjectionTime: 0.1ms}'),
      'spec.trafficPolicy.outlierDetection.baseEjectionTime',
    ],
    [
      policy('outlierDetection: {consecutiveLocalOriginFailures: 3}'),
      'spec.trafficPolicy.outlierDetection.consecutiveLocalOriginFailures',
    ],
    [
      policy('loadBalancer: {simple: RANDOM, warmup: {duration: 0s}}'),
      'spec.trafficPolicy.loadBalancer.warmup.duration',
    ],
    [policy('loadBalancer: {simple: RANDOM, warmup: {}}'), 'spec.trafficPolicy.loadBalancer.warmup.duration'],
    [
      policy('loadBalancer: {consistentHash: {httpHeaderName: x, maglev: {tableSize: 10}}}'),
      'spec.trafficPolicy.loadBalancer.consistentHash.maglev.tableSize',
    ],
    [
      policy(
        'loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {a: 100}}], failover: [{from: a, to: b}]}}',
      ),
      'spec.trafficPolicy.loadBalancer.localityLbSetting',
    ],
    [
      policy('loadBalancer: {localityLbSetting: {distribute: [{from: "a/*", to: {"a/b": 0, "a/c": 100}}]}}'),
      'spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to["a/b"]',
    ],
    [
      policy('loadBalancer: {localityLbSetting: {failover: [{from: "*", to: b}]}}'),
      'spec.trafficPolicy.loadBalancer.localityLbSetting.failover[0].from',
    ],
    [
      policy('tls: {mode: SIMPLE, credentialName: a, caCertificates: b}'),
      'spec.trafficPolicy.tls.caCertificates',
    ],
    [
      policy('tls: {mode: SIMPLE, insecureSkipVerify: true, subjectAltNames: [a]}'),
      'spec.trafficPolicy.tls.subjectAltNames',
    ],
    [policy('tls: {mode: MUTUAL, clientCertificate: c}'), 'spec.trafficPolicy.tls.privateKey'],
    [policy('tunnel: {protocol: GET, targetHost: a, targetPort: 1}'), 'spec.trafficPolicy.tunnel.protocol'],
  ])('may not be %s', (spec, path) => {
    expect(errors('DestinationRule', spec).map((problem) => problem.split(': ')[0])).toEqual([path]);
  });
});
