import { describe, expect, it } from 'vitest';
import { parseMeshConfig } from '../decode/mesh-config-file.ts';
import { parseMeshNetworks } from '../decode/mesh-networks-file.ts';
import { problems } from './testing-problems.ts';

/** Paths of errors only: what is accepted may still be told of. */
function paths(kind: string, spec: string): string[] {
  return problems(kind, spec)
    .filter((problem) => !problem.startsWith('warning '))
    .map((problem) => problem.split(': ')[0] ?? '');
}

describe('a Gateway', () => {
  const server = (fields: string, protocol = 'HTTP'): string =>
    `{servers: [{port: {number: 80, name: p, protocol: ${protocol}}, ${fields}}]}`;
  it.each([
    ...[
      '*',
      '*.a.com',
      'a.com',
      './a.com',
      '*/*',
      'ns/*.a.com',
      '10.0.0.1',
      '::1',
      'ns/1.2.3.4',
      'A.com',
    ].map((host) => server(`hosts: [${JSON.stringify(host)}]`)),
    ...['http', 'HTTP2', 'gRPC', 'GRPC-WEB', 'Mongo', 'REDIS', 'mysql', 'TCP'].map((each) =>
      server('hosts: [a.b]', each),
    ),
    server('hosts: [a.b], tls: {httpsRedirect: true}', 'HTTP2'),
    server('hosts: [a.b], tls: {}'),
    server('hosts: [a.b], bind: "fd00::1"'),
    server('hosts: [a.b], tls: {mode: AUTO_PASSTHROUGH}', 'TLS'),
    server('hosts: [a.b], tls: {mode: SIMPLE, credentialName: c, httpsRedirect: true}', 'HTTPS'),
    server('hosts: [a.b], tls: {mode: ISTIO_MUTUAL}', 'HTTPS'),
    server('hosts: [a.b], tls: {mode: OPTIONAL_MUTUAL, credentialName: c}', 'HTTPS'),
    server('hosts: [a.b], tls: {mode: SIMPLE, credentialNames: [c, d]}', 'HTTPS'),
    server(
      'hosts: [a.b], tls: {mode: SIMPLE, tlsCertificates: [{serverCertificate: c, privateKey: k}]}',
      'HTTPS',
    ),
    '{servers: [{port: {number: 0, name: p, protocol: HTTP}, bind: "unix:///a", hosts: [a.b]}]}',
    '{selector: {app: ""}, servers: [{port: {number: 80, name: "Http 1", protocol: HTTP}, hosts: [a.b]}]}',
  ])('may be %s', (spec) => {
    expect(paths('Gateway', spec)).toEqual([]);
  });
  it.each([
    ...[
      'a',
      '',
      'ns/',
      '/a.com',
      '~/a.com',
      'a b/a.com',
      'a.*',
      'a/b/c.d',
      '**',
      'ns/reviews',
      'a_b.c',
      'bücher.de',
    ].map((host): [string, string] => [
      server(`hosts: [${JSON.stringify(host)}]`),
      'spec.servers[0].hosts[0]',
    ]),
    [server('hosts: []'), 'spec.servers[0].hosts'],
    [server('hosts: [a.b]', 'UDP'), 'spec.servers[0].port.protocol'],
    [server('hosts: [a.b]', '""'), 'spec.servers[0].port.protocol'],
    [server('hosts: [a.b]', 'TLS'), 'spec.servers[0].tls'],
    [server('hosts: [a.b], tls: {}', 'TCP'), 'spec.servers[0].tls'],
    [server('hosts: [a.b], tls: {httpsRedirect: true, privateKey: k}'), 'spec.servers[0].tls'],
    [server('hosts: [a.b], bind: a.com'), 'spec.servers[0].bind'],
    [server('hosts: [a.b], bind: "unix:///a"'), 'spec.servers[0].port.number'],
    [
      server('hosts: [a.b], tls: {mode: ISTIO_MUTUAL, credentialName: c}', 'HTTPS'),
      'spec.servers[0].tls.credentialName',
    ],
    [
      server('hosts: [a.b], tls: {mode: OPTIONAL_MUTUAL, serverCertificate: c, privateKey: k}', 'HTTPS'),
      'spec.servers[0].tls.caCertificates',
    ],
    [
      server('hosts: [a.b], tls: {mode: SIMPLE, tlsCertificates: [{serverCertificate: c}]}', 'HTTPS'),
      'spec.servers[0].tls.tlsCertificates[0].privateKey',
    ],
    ['{servers: [{hosts: [a.b]}]}', 'spec.servers[0].port'],
    ['{servers: []}', 'spec.servers'],
  ])('may not be %s', (spec, path) => {
    expect(paths('Gateway', spec)).toEqual([path]);
  });
});

describe('a ServiceEntry', () => {
  const entry = (fields: string): string =>
    `{hosts: [a.com], ports: [{number: 80, name: http, protocol: HTTP}], ${fields}}`;
  it.each([
    entry('exportTo: ["~"]'),
    entry('exportTo: [a, b, .]'),
    entry('resolution: STATIC, workloadSelector: {labels: {app: a}}'),
    entry('resolution: DNS, workloadSelector: {labels: {app: a}}'),
    entry('resolution: DNS_ROUND_ROBIN'),
    entry('resolution: DNS_ROUND_ROBIN, endpoints: [{address: b.com}]'),
    entry('resolution: STATIC, endpoints: [{address: "fd00::1"}, {address: "", network: n}]'),
    entry('resolution: STATIC, endpoints: [{address: "unix://@abstract"}]'),
    entry('resolution: DNS, endpoints: [{address: localhost, ports: {http: 1}, weight: 0, locality: a/b/c}]'),
    entry('addresses: [0.0.0.0/0, "::/0", 1.2.3.4]'),
    '{hosts: [a.com]}',
    '{hosts: ["*.com", "*a.com", a.b.], ports: [{number: 1, name: t, protocol: TCP}]}',
    '{hosts: [a.com, b.com], ports: [{number: 443, name: t, protocol: TLS}], resolution: DNS}',
    '{hosts: [a.com], ports: [{number: 53, name: d, protocol: UDP}, {number: 54, name: e}]}',
    '{hosts: ["*.a.com"], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS, endpoints: [{address: b.com}]}',
  ])('may be %s', (spec) => {
    expect(paths('ServiceEntry', spec)).toEqual([]);
  });
  it.each([
    [entry('exportTo: ["~", a]'), 'spec.exportTo'],
    [entry('exportTo: [., "*"]'), 'spec.exportTo'],
    [
      entry('workloadSelector: {labels: {app: a}}, resolution: STATIC, endpoints: [{address: 1.1.1.1}]'),
      'spec.endpoints',
    ],
    [entry('workloadSelector: {}, resolution: STATIC'), 'spec.workloadSelector.labels'],
    [entry('resolution: DNS_ROUND_ROBIN, endpoints: [{address: a.b}, {address: c.d}]'), 'spec.endpoints'],
    [entry('resolution: DNS, endpoints: [{address: "unix:///a"}]'), 'spec.endpoints[0].address'],
    [entry('resolution: DNS, endpoints: [{address: "*.a.com"}]'), 'spec.endpoints[0].address'],
    [entry('resolution: DNS, endpoints: [{}]'), 'spec.endpoints[0].address'],
    [entry('resolution: STATIC, endpoints: [{address: 10.0.0.0/8}]'), 'spec.endpoints[0].address'],
    [entry('resolution: STATIC, endpoints: [{address: "unix:///a/"}]'), 'spec.endpoints[0].address'],
    [
      entry('resolution: STATIC, endpoints: [{address: 1.1.1.1, labels: {"a b": c}}]'),
      'spec.endpoints[0].labels["a b"]',
    ],
    [entry('resolution: DNS_ROUND_ROBIN, addresses: [10.0.0.0/8]'), 'spec.addresses[0]'],
    [entry('addresses: [10.0.0.0/33]'), 'spec.addresses[0]'],
    ['{hosts: [a.com], ports: [{number: 80, name: "Http_1", protocol: HTTP}]}', 'spec.ports[0].name'],
    ['{hosts: [a.com], ports: [{number: 80, protocol: HTTP}]}', 'spec.ports[0].name'],
    ['{hosts: [a.com], ports: [{number: 1, name: a, targetPort: 70000}]}', 'spec.ports[0].targetPort'],
    ['{hosts: [a.*]}', 'spec.hosts[0]'],
    ['{hosts: [1.2.3.4]}', 'spec.hosts[0]'],
    [
      '{hosts: [a.com, b.com], ports: [{number: 1, name: t, protocol: MONGO}], resolution: DNS}',
      'spec.hosts',
    ],
    [
      '{hosts: [a.com], ports: [{number: 1, name: a, protocol: TCP}, {number: 2, name: b, protocol: TCP}], resolution: STATIC, endpoints: [{address: "unix:///a"}]}',
      'spec.ports',
    ],
  ])('may not be %s', (spec, path) => {
    expect(paths('ServiceEntry', spec)).toEqual([path]);
  });
});

describe('a Sidecar', () => {
  const egress = (fields: string): string => `{egress: [{${fields}}]}`;
  const ingress = (fields: string): string =>
    `{ingress: [{port: {number: 80, protocol: HTTP}, ${fields}}], egress: [{hosts: ["*/*"]}]}`;
  it.each([
    ...['*/*', './*', '~/*', 'ns/*.a.com', 'NS/a.com', './localhost', '*/*.com'].map((host) =>
      egress(`hosts: [${JSON.stringify(host)}]`),
    ),
    ...['127.0.0.1:80', ':80', '0.0.0.0:80', '[::1]:80', '[::]:80', 'unix:///a', 'unix://@a'].map(
      (endpoint) => ingress(`defaultEndpoint: ${JSON.stringify(endpoint)}`),
    ),
    egress('port: {number: 80}, hosts: ["./*"]'),
    '{egress: [{port: {number: 80}, bind: 10.0.0.1, hosts: ["./*"]}, {port: {number: 80}, bind: 10.0.0.2, hosts: ["./*"]}]}',
    '{outboundTrafficPolicy: {mode: ALLOW_ANY}}',
    ingress('defaultEndpoint: ":80", tls: {mode: SIMPLE, serverCertificate: c, privateKey: k}'),
  ])('may be %s', (spec) => {
    expect(paths('Sidecar', spec)).toEqual([]);
  });
  it.each([
    ...['*', 'a.com', '/a.com', 'ns/', 'ns/reviews', 'a.b/c.d', 'ns/a.*', 'ns/a/b.c'].map(
      (host): [string, string] => [egress(`hosts: [${JSON.stringify(host)}]`), 'spec.egress[0].hosts[0]'],
    ),
    ...['', '80', 'localhost:80', '127.0.0.1', '127.0.0.1:x', '10.0.0.1:80', 'unix:a', ':0', ':65536'].map(
      (endpoint): [string, string] => [
        ingress(`defaultEndpoint: ${JSON.stringify(endpoint)}`),
        'spec.ingress[0].defaultEndpoint',
      ],
    ),
    ['{workloadSelector: {labels: {app: a}}}', 'spec.egress'],
    ['{egress: [{hosts: ["./*"]}, {port: {number: 1}, hosts: ["./*"]}]}', 'spec.egress[0]'],
    ['{egress: [{hosts: ["./*"]}, {hosts: ["./*"]}]}', 'spec.egress[0]'],
    [
      '{egress: [{port: {number: 1}, hosts: ["./*"]}, {port: {number: 1}, hosts: ["./*"]}]}',
      'spec.egress[1]',
    ],
    [egress('port: {number: 0}, hosts: ["./*"]'), 'spec.egress[0].port.number'],
    [egress('port: {number: 80, protocol: SPDY}, hosts: ["./*"]'), 'spec.egress[0].port.protocol'],
    [egress('bind: 1.1.1.1, hosts: ["./*"]'), 'spec.egress[0].bind'],
    [ingress('bind: a.com, defaultEndpoint: ":80"'), 'spec.ingress[0].bind'],
    [ingress('defaultEndpoint: ":80", tls: {}'), 'spec.ingress[0].tls.mode'],
    [ingress('defaultEndpoint: ":80", connectionPool: {}'), 'spec.ingress[0].connectionPool'],
    [
      '{workloadSelector: {labels: {app: "*"}}, egress: [{hosts: ["./*"]}]}',
      'spec.workloadSelector.labels.app',
    ],
  ])('may not be %s', (spec, path) => {
    expect(paths('Sidecar', spec)).toEqual([path]);
  });
});

describe('a WorkloadEntry', () => {
  it.each([
    ['{address: 10.0.0.1, ports: {http: 80}, labels: {app: a}, serviceAccount: x}', []],
    ['{address: vm.a.com}', []],
    ['{address: "unix:///a"}', []],
    ['{network: n}', []],
    ['{}', ['spec.address']],
    ['{address: "*.a.com"}', ['spec.address']],
    ['{address: "unix:///a", ports: {a: 1}}', ['spec.ports']],
    ['{address: 1.1.1.1, ports: {a: 0}, labels: {"": b}}', ['spec.ports.a', 'spec.labels[""]']],
  ])('%s', (spec, expected) => {
    expect(paths('WorkloadEntry', spec)).toEqual(expected);
  });
});

describe('the mesh', () => {
  const meshPaths = (text: string): string[] =>
    parseMeshConfig(text, { file: 'mesh' })
      .issues.filter(({ code }) => code === 'IST0106')
      .map(({ path }) => path);
  it.each([
    ['', []],
    ['connectTimeout: 30s', []],
    ['connectTimeout: 30.001s', ['connectTimeout']],
    ['connectTimeout: 0s', ['connectTimeout']],
    ['mixerCheckServer: "10.0.0.1:9091"', []],
    ['mixerCheckServer: "[::1]:9091"', []],
    ['mixerReportServer: "a:0"', ['mixerReportServer']],
    ['mixerReportServer: "a:99999"', ['mixerReportServer']],
    ['defaultConfig: {discoveryAddress: "a b:1"}', ['defaultConfig.discoveryAddress']],
    [
      'defaultConfig: {configPath: "", binaryPath: "", serviceCluster: ""}',
      ['defaultConfig.configPath', 'defaultConfig.binaryPath', 'defaultConfig.serviceCluster'],
    ],
    [
      'defaultConfig: {drainDuration: 3601s, parentShutdownDuration: 3602s}',
      ['defaultConfig.drainDuration', 'defaultConfig.parentShutdownDuration'],
    ],
    [
      'defaultConfig: {drainDuration: 60s, parentShutdownDuration: 60s}',
      ['defaultConfig.parentShutdownDuration'],
    ],
    ['defaultConfig: {proxyAdminPort: 0}', ['defaultConfig.proxyAdminPort']],
    ['defaultConfig: {statsdUdpAddress: a}', ['defaultConfig.statsdUdpAddress']],
    ['defaultConfig: {tracing: {zipkin: {address: "zipkin:9411"}}}', []],
    ['defaultConfig: {tracing: {zipkin: {}}}', ['defaultConfig.tracing.zipkin.address']],
    ['defaultConfig: {tracing: {datadog: {address: "$(HOST_IP):8126"}}}', []],
    ['defaultConfig: {tracing: {datadog: {address: "$HOST_IP"}}}', ['defaultConfig.tracing.datadog.address']],
    [
      'defaultConfig: {tracing: {lightstep: {address: "a:1", secure: true}}}',
      ['defaultConfig.tracing.lightstep.accessToken', 'defaultConfig.tracing.lightstep.cacertPath'],
    ],
    ['defaultConfig: {tracing: {stackdriver: {}, sampling: 101}}', ['defaultConfig.tracing.sampling']],
    [
      'defaultConfig: {envoyAccessLogService: {address: x, tlsSettings: {mode: MUTUAL, clientCertificate: c}}}',
      [
        'defaultConfig.envoyAccessLogService.address',
        'defaultConfig.envoyAccessLogService.tlsSettings.privateKey',
      ],
    ],
    [
      'configSources: [{address: "fs:///tmp"}, {address: "galley:9901", tlsSettings: {mode: ISTIO_MUTUAL}}, {}]',
      ['configSources[2].address'],
    ],
    [
      'localityLbSetting: {distribute: [{from: "a/*/b", to: {a: 100}}]}',
      ['localityLbSetting.distribute[0].from'],
    ],
    [
      'localityLbSetting: {distribute: [{from: "*", to: {"a/*": 50, "a/b": 50}}]}',
      ['localityLbSetting.distribute[0].to["a/b"]'],
    ],
    [
      'localityLbSetting: {distribute: [{from: a//b, to: {}}]}',
      ['localityLbSetting.distribute[0].from', 'localityLbSetting.distribute[0].to'],
    ],
    ['rootNamespace: ""', ['rootNamespace']],
    ['defaultServiceExportTo: ["~"]', []],
    ['defaultDestinationRuleExportTo: ["*", a]', ['defaultDestinationRuleExportTo']],
  ])('%s', (text, expected) => {
    expect(meshPaths(text)).toEqual(expected);
  });

  it.each([
    [
      'networks: {a: {endpoints: [{fromCidr: 10.0.0.0/8}, {fromRegistry: Kubernetes}], gateways: [{address: 1.1.1.1, port: 443}, {registryServiceName: a.b.svc.cluster.local, port: 80}]}}',
      [],
    ],
    [
      'networks: {a.b: {endpoints: [{}, {fromCidr: x}, {fromRegistry: ""}], gateways: [{port: 1}, {address: "a b", port: 0}, {registryServiceName: "*", port: 1}]}}',
      [
        'networks["a.b"].endpoints[0]',
        'networks["a.b"].endpoints[1].fromCidr',
        'networks["a.b"].endpoints[2].fromRegistry',
        'networks["a.b"].gateways[0]',
        'networks["a.b"].gateways[1].address',
        'networks["a.b"].gateways[1].port',
        'networks["a.b"].gateways[2].registryServiceName',
      ],
    ],
  ])('%s', (text, expected) => {
    const { issues } = parseMeshNetworks(text, { file: 'networks' });
    expect(issues.filter(({ code }) => code === 'IST0106').map(({ path }) => path)).toEqual(expected);
  });
});
