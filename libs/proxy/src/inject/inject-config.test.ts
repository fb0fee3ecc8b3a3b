import { meshConfigWithDefaults } from '@quintet/model';
import { AuthenticationPolicy } from '@quintet/proto/istio/mesh/v1alpha1/proxy_config_pb.js';
import { describe, expect, it } from 'vitest';
import { parseInjectConfig } from './inject-config.ts';
import { readSettings } from './inject-values.ts';
import { selects } from './label-selector.ts';

describe('parseInjectConfig', () => {
  it('reads the classic fields', () => {
    const { config, findings } = parseInjectConfig(`
policy: disabled
neverInjectSelector:
  - matchExpressions: [{ key: job, operator: Exists }]
alwaysInjectSelector:
  - matchLabels: { app: web }
    matchExpressions: [{ key: tier, operator: NotIn, values: [db] }]
injectedAnnotations: { example.com/a: b }
`);
    expect(findings).toEqual([]);
    expect(config).toEqual({
      policy: 'disabled',
      neverInjectSelector: [{ requirements: [{ key: 'job', operator: 'Exists', values: [] }] }],
      alwaysInjectSelector: [
        {
          requirements: [
            { key: 'app', operator: 'In', values: ['web'] },
            { key: 'tier', operator: 'NotIn', values: ['db'] },
          ],
        },
      ],
      injectedAnnotations: { 'example.com/a': 'b' },
    });
  });

  it('takes nothing for the policy enabled', () => {
    expect(parseInjectConfig('').config).toMatchObject({ policy: 'enabled', neverInjectSelector: [] });
  });

  it.each([
    ['policy: true', 'policy', 'expected a text, found the boolean true'],
    ['policy: perhaps', 'policy', 'expected enabled or disabled, found "perhaps"'],
    ['polcy: enabled', 'polcy', 'unknown field'],
    ['- a', '', 'expected a mapping, found a list'],
    ['neverInjectSelector: {}', 'neverInjectSelector', 'expected a list, found an object'],
    ['neverInjectSelector: [{}]', 'neverInjectSelector[0]', 'expected matchLabels or matchExpressions'],
    [
      'neverInjectSelector: [{ matchExpressions: [{ key: a, operator: Maybe }] }]',
      'neverInjectSelector[0].matchExpressions[0].operator',
      'expected In, NotIn, Exists, DoesNotExist',
    ],
    [
      'alwaysInjectSelector: [{ matchExpressions: [{ key: a, operator: In }] }]',
      'alwaysInjectSelector[0].matchExpressions[0].values',
      'In needs values',
    ],
    ['injectedAnnotations: { a: 1 }', 'injectedAnnotations.a', 'expected a text, found the number 1'],
  ])('%s', (text, path, message) => {
    const { config, findings } = parseInjectConfig(text);
    expect(config).toBeUndefined();
    expect(findings).toContainEqual(
      expect.objectContaining({ path, message: expect.stringContaining(message) }),
    );
  });

  it('says where broken YAML is broken', () => {
    const { config, findings } = parseInjectConfig('policy: enabled\nneverInjectSelector: [\n');
    expect(config).toBeUndefined();
    expect(findings[0]).toMatchObject({ code: 'QTT1001', line: expect.any(Number) });
  });

  it('says that a classic template is not used', () => {
    expect(parseInjectConfig('template: |\n  containers: []\n')).toMatchObject({
      config: { policy: 'enabled' },
      findings: [{ code: 'QTT2001', path: 'template' }],
    });
  });
});

describe('selects', () => {
  const one = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values: string[] = []) => ({
    requirements: [{ key: 'a', operator, values }],
  });
  it.each([
    [one('In', ['x', 'y']), { a: 'y' }, true],
    [one('In', ['x']), {}, false],
    [one('NotIn', ['x']), { a: 'x' }, false],
    [one('NotIn', ['x']), {}, true],
    [one('Exists'), { a: '' }, true],
    [one('Exists'), {}, false],
    [one('DoesNotExist'), {}, true],
    [one('DoesNotExist'), { a: 'x' }, false],
    [{ requirements: [...one('Exists').requirements, ...one('In', ['x']).requirements] }, { a: 'y' }, false],
  ])('%j on %j is %s', (selector, labels, expected) => {
    expect(selects(selector, labels)).toBe(expected);
  });
});

describe('readSettings', () => {
  it('has a value for everything', () => {
    const { settings, findings } = readSettings('', meshConfigWithDefaults());
    expect(findings).toEqual([]);
    expect(settings).toMatchObject({
      image: 'envoyproxy/envoy:v1.40.0',
      statusPort: 15_021,
      pilot: { address: 'istio-pilot.istio-system.svc', port: 15_011, mutualTls: true },
      agentSocket: '/var/run/sds/uds_path',
      tokenAudience: 'istio-ca',
      capture: { mode: 'REDIRECT', includeOutboundRanges: 'all', includeInboundPorts: 'all' },
    });
  });

  it('follows the classic values and the mesh configuration', () => {
    const mesh = meshConfigWithDefaults({
      trustDomain: 'mesh.example',
      defaultConfig: {
        discoveryAddress: 'pilot.mesh:15010',
        controlPlaneAuthPolicy: AuthenticationPolicy.NONE,
        concurrency: 4,
      },
    });
    const { settings } = readSettings(
      `
global:
  hub: registry.example/mesh
  tag: "7"
  imagePullSecrets: [one]
  istioNamespace: mesh
  proxy: { image: proxy, includeIPRanges: "10.0.0.0/8", excludeInboundPorts: 9000, statusPort: 15020 }
  proxy_init: { image: init }
  sds: { udsPath: "unix:/run/agent/socket", token: { aud: mesh-ca } }
sidecarInjectorWebhook: { rewriteAppHTTPProbe: false }
otherChart: { anything: [1] }
`,
      mesh,
    );
    expect(settings).toMatchObject({
      image: 'registry.example/mesh/proxy:7',
      initImage: 'registry.example/mesh/init:7',
      imagePullSecrets: ['one'],
      concurrency: 4,
      statusPort: 15_020,
      rewriteProbes: false,
      capture: { includeOutboundRanges: ['10.0.0.0/8'], excludeInboundPorts: [9000] },
      pilot: { address: 'pilot.mesh', port: 15_010, mutualTls: false },
      trustDomain: 'mesh.example',
      agentSocket: '/run/agent/socket',
      tokenAudience: 'mesh-ca',
    });
  });

  it.each([
    ['global: { proxy: { logLevel: loud } }', 'global.proxy.logLevel'],
    ['global: { proxy: { concurrency: -1 } }', 'global.proxy.concurrency'],
    ['global: { proxy: { includeIPRanges: [1] } }', 'global.proxy.includeIPRanges'],
    ['global: { sds: { udsPath: relative } }', 'global.sds.udsPath'],
    ['global: { imagePullSecrets: [1] }', 'global.imagePullSecrets[0]'],
    ['sidecarInjectorWebhook: { rewriteAppHTTPProbe: "yes" }', 'sidecarInjectorWebhook.rewriteAppHTTPProbe'],
  ])('%s is refused', (text, path) => {
    const { settings, findings } = readSettings(text, meshConfigWithDefaults());
    expect(settings).toBeUndefined();
    expect(findings.map((finding) => finding.path)).toEqual([path]);
  });

  it('refuses an address of pilot without a port', () => {
    const mesh = meshConfigWithDefaults({ defaultConfig: { discoveryAddress: 'pilot' } });
    expect(readSettings('', mesh).findings).toEqual([
      { path: 'defaultConfig.discoveryAddress', message: 'expected an address host:port, found "pilot"' },
    ]);
  });
});
