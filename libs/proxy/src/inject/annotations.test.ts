import { describe, expect, it } from 'vitest';
import { readAnnotations } from './annotations.ts';

describe('readAnnotations', () => {
  it.each([
    [
      'sidecar.istio.io/proxyImage',
      'registry.local:5000/mesh/envoy:v1',
      { proxyImage: 'registry.local:5000/mesh/envoy:v1' },
    ],
    ['sidecar.istio.io/proxyCPU', '250m', { proxyCpu: '250m' }],
    ['sidecar.istio.io/proxyMemory', '64Mi', { proxyMemory: '64Mi' }],
    ['sidecar.istio.io/logLevel', 'debug', { logLevel: 'debug' }],
    [
      'sidecar.istio.io/componentLogLevel',
      'misc:error,http2:trace',
      { componentLogLevel: 'misc:error,http2:trace' },
    ],
    ['sidecar.istio.io/interceptionMode', 'TPROXY', { interceptionMode: 'TPROXY' }],
    [
      'sidecar.istio.io/discoveryAddress',
      'pilot.mesh:15011',
      { discovery: { address: 'pilot.mesh', port: 15011 } },
    ],
    ['sidecar.istio.io/controlPlaneAuthPolicy', 'NONE', { controlPlaneAuth: 'NONE' }],
    ['sidecar.istio.io/rewriteAppHTTPProbers', 'false', { rewriteProbes: false }],
    ['sidecar.istio.io/statsInclusionRegexps', '^a,b$', { statsPatterns: ['^a', 'b$'] }],
    ['sidecar.istio.io/userVolume', '{"v":{"emptyDir":{}}}', { userVolumes: [{ name: 'v', emptyDir: {} }] }],
    [
      'sidecar.istio.io/userVolume',
      '[{"name":"v","emptyDir":{}}]',
      { userVolumes: [{ name: 'v', emptyDir: {} }] },
    ],
    ['status.sidecar.istio.io/port', '0', { statusPort: 0 }],
    ['readiness.status.sidecar.istio.io/periodSeconds', '7', { readinessPeriod: 7 }],
    ['traffic.sidecar.istio.io/includeOutboundIPRanges', '*', { includeOutboundRanges: 'all' }],
    ['traffic.sidecar.istio.io/includeOutboundIPRanges', '', { includeOutboundRanges: [] }],
    [
      'traffic.sidecar.istio.io/excludeOutboundIPRanges',
      '10.1.0.0/16, 192.168.1.1',
      { excludeOutboundRanges: ['10.1.0.0/16', '192.168.1.1/32'] },
    ],
    ['traffic.sidecar.istio.io/includeInboundPorts', '80,8080', { includeInboundPorts: [80, 8080] }],
    ['traffic.sidecar.istio.io/kubevirtInterfaces', 'net1, net2', { kubevirtInterfaces: ['net1', 'net2'] }],
    ['sidecar.istio.io/proxyCPU', '', {}],
    ['example.com/other', 'anything', {}],
  ])('%s: "%s"', (name, text, expected) => {
    const { wishes, findings } = readAnnotations({ [name]: text });
    expect(findings).toEqual([]);
    expect(JSON.parse(JSON.stringify(wishes))).toEqual(expected);
  });

  it.each([
    ['sidecar.istio.io/proxyImage', 'two words', 'the name of an image'],
    ['sidecar.istio.io/proxyCPU', 'much', 'a quantity such as 100m or 128Mi'],
    ['sidecar.istio.io/proxyMemory', '1 Gi', 'a quantity such as 100m or 128Mi'],
    [
      'sidecar.istio.io/logLevel',
      'loud',
      'trace or debug or info or warning or warn or error or critical or off',
    ],
    ['sidecar.istio.io/componentLogLevel', 'misc', 'a list of component:level with commas'],
    ['sidecar.istio.io/interceptionMode', 'MAGIC', 'REDIRECT or TPROXY or NONE'],
    ['sidecar.istio.io/interceptionMode', 'redirect', 'REDIRECT or TPROXY or NONE'],
    ['sidecar.istio.io/discoveryAddress', 'pilot', 'an address host:port'],
    ['sidecar.istio.io/discoveryAddress', 'pilot:0', 'an address host:port'],
    ['sidecar.istio.io/controlPlaneAuthPolicy', 'TLS', 'NONE or MUTUAL_TLS'],
    ['sidecar.istio.io/rewriteAppHTTPProbers', 'yes', 'true or false'],
    ['sidecar.istio.io/rewriteAppHTTPProbers', 'toString', 'true or false'],
    ['sidecar.istio.io/statsInclusionRegexps', 'a(', 'a list of RE2 patterns with commas'],
    ['sidecar.istio.io/bootstrapOverride', 'My Map', 'the name of a ConfigMap'],
    [
      'sidecar.istio.io/userVolume',
      '{',
      'a JSON object from names to objects, or a JSON list of objects with a name',
    ],
    [
      'sidecar.istio.io/userVolumeMount',
      '[{}]',
      'a JSON object from names to objects, or a JSON list of objects with a name',
    ],
    ['status.sidecar.istio.io/port', '65536', 'a port from 0 to 65535'],
    ['status.sidecar.istio.io/port', '-1', 'a port from 0 to 65535'],
    ['readiness.status.sidecar.istio.io/initialDelaySeconds', 'soon', 'a whole number from 0 to 4294967295'],
    [
      'readiness.status.sidecar.istio.io/failureThreshold',
      '4294967296',
      'a whole number from 0 to 4294967295',
    ],
    [
      'readiness.status.sidecar.istio.io/applicationPorts',
      '80,x',
      'a list of ports from 1 to 65535 with commas',
    ],
    [
      'traffic.sidecar.istio.io/includeOutboundIPRanges',
      '10.0.0.0/33',
      '* or a list of IP ranges such as 10.0.0.0/8 with commas',
    ],
    [
      'traffic.sidecar.istio.io/excludeOutboundIPRanges',
      '*',
      'a list of IP ranges such as 10.0.0.0/8 with commas',
    ],
    [
      'traffic.sidecar.istio.io/includeInboundPorts',
      '80,,81',
      '* or a list of ports from 1 to 65535 with commas',
    ],
    ['traffic.sidecar.istio.io/excludeInboundPorts', '0', 'a list of ports from 1 to 65535 with commas'],
    ['traffic.sidecar.istio.io/excludeOutboundPorts', '99999', 'a list of ports from 1 to 65535 with commas'],
    ['traffic.sidecar.istio.io/kubevirtInterfaces', 'a b', 'a list of network interfaces with commas'],
    ['policy.istio.io/check', 'maybe', 'enable or disable or allow-on-error'],
    ['policy.istio.io/checkRetries', 'many', 'a whole number from 0 to 4294967295'],
    ['policy.istio.io/checkBaseRetryWaitTime', '5', 'a duration such as 5s'],
  ])('%s: "%s" is not %s', (name, text, expected) => {
    expect(readAnnotations({ [name]: text }).findings).toEqual([
      { path: `metadata.annotations["${name}"]`, message: `found "${text}", expected ${expected}` },
    ]);
  });

  it('names all that is wrong, not the first of it', () => {
    const annotations = { 'sidecar.istio.io/proxyCPU': 'x', 'sidecar.istio.io/logLevel': 'y' };
    expect(readAnnotations(annotations).findings).toHaveLength(2);
  });

  it('says what has no effect', () => {
    const annotations = { 'sidecar.istio.io/bootstrapOverride': 'mine' };
    expect(readAnnotations(annotations).notices).toEqual([
      {
        code: 'QTT2001',
        path: 'metadata.annotations["sidecar.istio.io/bootstrapOverride"]',
        message: 'the bootstrap of the proxy cannot be overridden',
      },
    ]);
  });
});
