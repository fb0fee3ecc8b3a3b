import { describe, expect, it } from 'vitest';
import { problems } from './testing-problems.ts';

const server = (fields: string): string => `{selector: {istio: ingressgateway}, servers: [{${fields}}]}`;
const port = (protocol: string): string => `port: {number: 443, name: p, protocol: ${protocol}}`;

describe('Gateway', () => {
  it.each([
    [server(`${port('HTTP')}, hosts: ["*"]`), []],
    [server(`${port('HTTP')}, hosts: ["./a.com", "*/b.com", "ns/*.c.com"], tls: {httpsRedirect: true}`), []],
    [
      server(`${port('HTTPS')}, hosts: [a.com], tls: {mode: SIMPLE, serverCertificate: c, privateKey: k}`),
      [],
    ],
    [server(`${port('HTTPS')}, hosts: [a.com], tls: {mode: MUTUAL, credentialName: c}`), []],
    [server(`${port('TLS')}, hosts: [a.com], tls: {mode: PASSTHROUGH}`), []],
    ['{}', ['spec.servers: expected at least one server, found none']],
    [
      server('hosts: []'),
      [
        'spec.servers[0].port: expected a port, found none',
        'spec.servers[0].hosts: expected at least one host, found none',
      ],
    ],
    [
      server('port: {number: 0, protocol: SPDY}, hosts: [a.com]'),
      [
        'spec.servers[0].port.number: expected a port from 1 to 65535, found 0',
        'spec.servers[0].port.protocol: expected one of HTTP, HTTPS, GRPC, GRPC-Web, HTTP2, TLS, TCP, MONGO, MYSQL, REDIS; found "SPDY"',
        'spec.servers[0].port.name: expected a name, found none',
      ],
    ],
    [server(`${port('HTTPS')}, hosts: [a.com]`), ['spec.servers[0].tls: expected tls for a port of "HTTPS"']],
    [
      server(`${port('HTTP')}, hosts: [a.com], tls: {mode: SIMPLE}`),
      ['spec.servers[0].tls: a port of "HTTP" has no tls but httpsRedirect, found SIMPLE'],
    ],
    [
      server(`${port('HTTPS')}, hosts: [a.com], tls: {mode: SIMPLE}`),
      [
        'spec.servers[0].tls.serverCertificate: SIMPLE needs a file, or credentialName; found none',
        'spec.servers[0].tls.privateKey: SIMPLE needs a file, or credentialName; found none',
      ],
    ],
    [
      server(`${port('HTTPS')}, hosts: [a.com], tls: {mode: MUTUAL, serverCertificate: c, privateKey: k}`),
      ['spec.servers[0].tls.caCertificates: MUTUAL needs a file, or credentialName; found none'],
    ],
    [
      server(`${port('HTTPS')}, hosts: [a.com], tls: {mode: ISTIO_MUTUAL, privateKey: k}`),
      ['spec.servers[0].tls.privateKey: ISTIO_MUTUAL uses the certificates of the workload: expected none'],
    ],
    [
      server(`${port('HTTP')}, hosts: ["A B/a.com", a_b.com], bind: x`),
      [
        'spec.servers[0].hosts[0]: expected ".", "*" or a namespace before the "/", found "A B"',
        'spec.servers[0].hosts[1]: expected a full DNS name or a wildcard such as "*.example.com", found "a_b.com"',
        'spec.servers[0].bind: expected an IP address or unix:///path, found "x"',
      ],
    ],
    [
      `{servers: [{${port('HTTP')}, hosts: [a.com]}, {${port('HTTP')}, hosts: [b.com]}]}`,
      ['spec.servers[1].port.name: the port name "p" is used already by spec.servers[0].port.name'],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('Gateway', spec)).toEqual(expected);
  });
});

describe('DestinationRule', () => {
  it.each([
    [
      '{host: a, subsets: [{name: v1, labels: {version: v1}}], trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}',
      [],
    ],
    [
      '{host: "*.a.com", trafficPolicy: {portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]}}',
      [],
    ],
    ['{host: a, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: c, ttl: 0s}}}}}', []],
    ['{}', ['spec.host: expected a DNS name or a wildcard such as "*.example.com", found ""']],
    ['{host: a, trafficPolicy: {}}', ['spec.trafficPolicy: expected at least one field, found none']],
    [
      '{host: a, trafficPolicy: {portLevelSettings: [{}]}}',
      [
        'spec.trafficPolicy.portLevelSettings[0].port: expected a port, found none',
        'spec.trafficPolicy.portLevelSettings[0]: expected at least one field besides port, found none',
      ],
    ],
    [
      '{host: a, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {}}}}}',
      [
        'spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.name: expected a name, found none',
        'spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.ttl: expected a duration, found none',
      ],
    ],
    [
      '{host: a, trafficPolicy: {connectionPool: {}}}',
      ['spec.trafficPolicy.connectionPool: expected http or tcp, found neither'],
    ],
    [
      '{host: a, trafficPolicy: {connectionPool: {tcp: {maxConnections: -1, connectTimeout: 0s}, http: {maxRetries: -2}}}}',
      [
        'spec.trafficPolicy.connectionPool.http.maxRetries: expected a number from 0, found -2',
        'spec.trafficPolicy.connectionPool.tcp.maxConnections: expected a number from 0, found -1',
        'spec.trafficPolicy.connectionPool.tcp.connectTimeout: expected a duration of at least 1ms, found 0s',
      ],
    ],
    [
      '{host: a, trafficPolicy: {outlierDetection: {consecutiveErrors: -1, interval: 0s, maxEjectionPercent: 101}}}',
      [
        'spec.trafficPolicy.outlierDetection.interval: expected a duration of at least 1ms, found 0s',
        'spec.trafficPolicy.outlierDetection.consecutiveErrors: expected a number from 0, found -1',
        'spec.trafficPolicy.outlierDetection.maxEjectionPercent: expected a percentage from 0 to 100, found 101',
      ],
    ],
    [
      '{host: a, trafficPolicy: {tls: {mode: MUTUAL}}}',
      [
        'spec.trafficPolicy.tls.clientCertificate: MUTUAL needs a file, found none',
        'spec.trafficPolicy.tls.privateKey: MUTUAL needs a file, found none',
      ],
    ],
    [
      '{host: a, subsets: [{name: V_1, labels: {"a b": c}}, {name: v2}, {name: v2, trafficPolicy: {}}]}',
      [
        'spec.subsets[0].name: expected at most 63 letters, digits and "-", found "V_1"',
        'spec.subsets[0].labels["a b"]: "a b" is not the key of a label',
        'spec.subsets[2].trafficPolicy: expected at least one field, found none',
        'warning spec.subsets[2].name: the subset "v2" is used already by spec.subsets[1].name',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('DestinationRule', spec)).toEqual(expected);
  });
});

const entry = (fields: string): string =>
  `{hosts: [a.com], ports: [{number: 80, name: http, protocol: HTTP}], ${fields}}`;

describe('ServiceEntry', () => {
  it.each([
    [
      entry('resolution: STATIC, endpoints: [{address: 10.0.0.1, ports: {http: 8080}, labels: {app: a}}]'),
      [],
    ],
    [entry('resolution: STATIC, endpoints: [{address: "unix:///a/b"}]'), []],
    [entry('resolution: DNS'), []],
    [entry('resolution: DNS, endpoints: [{address: b.com}, {address: 10.0.0.1}]'), []],
    [entry('addresses: [10.0.0.0/8, 10.0.0.1]'), []],
    ['{hosts: ["*.a.com"], ports: [{number: 443, name: tls, protocol: TLS}], resolution: NONE}', []],
    ['{hosts: [a.com], ports: [{number: 7000, name: any}], resolution: NONE}', []],
    [
      '{hosts: [a.com], ports: [{number: 7000, name: any, protocol: SPDY}], resolution: NONE}',
      [
        'spec.ports[0].protocol: expected one of HTTP, HTTPS, GRPC, GRPC-Web, HTTP2, TLS, TCP, UDP, MONGO, MYSQL, REDIS; found "SPDY"',
      ],
    ],
    ['{}', ['spec.hosts: expected at least one host, found none']],
    [
      '{hosts: [a, "*"]}',
      [
        'spec.hosts[0]: expected a full DNS name or a wildcard such as "*.example.com", found "a"',
        'spec.hosts[1]: expected a full DNS name or a wildcard such as "*.example.com", found "*"',
      ],
    ],
    [
      '{hosts: [a.com, b.com], ports: [{number: 1, name: t, protocol: TCP}], resolution: STATIC, endpoints: [{address: 1.1.1.1}]}',
      ['spec.hosts: several hosts cannot be told apart on ports that are neither HTTP nor TLS: expected one'],
    ],
    [
      entry('resolution: DNS, addresses: [10.0.0.0/8, x]'),
      [
        'spec.addresses[0]: a range is for resolution NONE and STATIC only, found "10.0.0.0/8"',
        'spec.addresses[1]: expected an IP address or a range, found "x"',
      ],
    ],
    [
      '{hosts: [a.com], ports: [{number: 80, name: p, protocol: HTTP}, {number: 80, name: p, protocol: HTTP}]}',
      [
        'spec.ports[1].name: the port name "p" is used already by spec.ports[0].name',
        'spec.ports[1].number: the port number 80 is used already by spec.ports[0].number',
      ],
    ],
    [
      entry('resolution: NONE, endpoints: [{address: 1.1.1.1}]'),
      ['spec.endpoints: resolution NONE has no endpoints, found 1'],
    ],
    [
      entry('resolution: STATIC'),
      ['spec.endpoints: resolution STATIC needs at least one endpoint, found none'],
    ],
    [
      '{hosts: ["*.a.com"], resolution: DNS}',
      ['spec.hosts[0]: resolution DNS has no wildcards, found "*.a.com"'],
    ],
    [
      entry('resolution: STATIC, endpoints: [{address: b.com, ports: {x: 0}}]'),
      [
        'spec.endpoints[0].address: expected an IP address or unix:///path, found "b.com"',
        'spec.endpoints[0].ports.x: expected a port from 1 to 65535, found 0',
        'spec.endpoints[0].ports.x: the entry has no port named "x"',
      ],
    ],
    [
      entry('resolution: STATIC, endpoints: [{address: "unix:a", ports: {http: 1}}]'),
      [
        'spec.endpoints[0].address: expected unix:///path, found "unix:a"',
        'spec.endpoints[0].ports: a Unix socket has no ports: expected none',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('ServiceEntry', spec)).toEqual(expected);
  });
});

const sidecar = (fields: string): string => `{egress: [{hosts: ["./*"]}], ${fields}}`;

describe('Sidecar', () => {
  it.each([
    [sidecar('workloadSelector: {labels: {app: a}}'), []],
    [
      '{egress: [{port: {number: 80, protocol: HTTP, name: h}, bind: 127.0.0.1, captureMode: NONE, hosts: ["*/*", "~/*", "ns/a.com"]}, {hosts: ["./*"]}]}',
      [],
    ],
    [
      sidecar('ingress: [{port: {number: 80, protocol: HTTP, name: h}, defaultEndpoint: "127.0.0.1:8080"}]'),
      [],
    ],
    ['{egress: [{port: {number: 0, protocol: TCP, name: h}, bind: "unix:///a", hosts: ["./*"]}]}', []],
    ['{}', ['spec.egress: expected at least one egress listener, found none']],
    [
      sidecar('workloadSelector: {}'),
      ['spec.workloadSelector.labels: expected at least one label, found none'],
    ],
    [
      sidecar('ingress: [{}]'),
      [
        'spec.ingress[0].port: expected a port, found none',
        'spec.ingress[0].defaultEndpoint: expected 127.0.0.1:PORT or unix:///path, found none',
      ],
    ],
    [
      sidecar(
        'ingress: [{port: {number: 80, protocol: HTTP, name: h}, defaultEndpoint: "10.0.0.1:80"}, {port: {number: 80, protocol: HTTP, name: i}, defaultEndpoint: "127.0.0.1:0"}]',
      ),
      [
        'spec.ingress[0].defaultEndpoint: expected 127.0.0.1:PORT or unix:///path, found "10.0.0.1:80"',
        'spec.ingress[1].defaultEndpoint: expected a port from 1 to 65535, found 0',
        'spec.ingress[1].port.number: the ingress port 80 is used already by spec.ingress[0].port.number',
      ],
    ],
    [
      '{egress: [{hosts: [a.com, "A_B/b.com", "ns/a_b.c"]}, {hosts: []}]}',
      [
        'spec.egress[0].hosts[0]: expected namespace/host, such as "./*" or "*/reviews.shop.svc.cluster.local"; found "a.com"',
        'spec.egress[0].hosts[1]: expected "*", ".", "~" or a namespace before the "/", found "A_B"',
        'spec.egress[0].hosts[2]: expected a DNS name or a wildcard such as "*.example.com", found "a_b.c"',
        'spec.egress[0]: a listener without a port takes all other ports: expected it to be the last one',
        'spec.egress[1].hosts: expected at least one host, found none',
      ],
    ],
    [
      '{egress: [{bind: "unix:///a", captureMode: IPTABLES, port: {number: 1, protocol: TCP}, hosts: ["./*"]}]}',
      ['spec.egress[0].captureMode: a Unix socket has the capture mode DEFAULT or NONE'],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('Sidecar', spec)).toEqual(expected);
  });
});
