import { describe, expect, it } from 'vitest';
import { checkDocuments } from '../check.ts';
import { parseMeshConfig } from '../decode/mesh-config-file.ts';

const issues = (kind: string, group: string, spec: string) =>
  checkDocuments(`apiVersion: ${group}\nkind: ${kind}\nmetadata: {name: default}\nspec:\n${spec}\n`, {
    file: 'f.yaml',
  });

describe('what is accepted and not realised', () => {
  it('is a warning with path and line, and the object counts', () => {
    const spec =
      '  host: a\n  trafficPolicy:\n    loadBalancer: {simple: RANDOM}\n    tunnel: {protocol: CONNECT, targetHost: b, targetPort: 1}';
    const file = issues('DestinationRule', 'networking.istio.io/v1alpha3', spec);
    expect(file.issues).toMatchObject([
      { code: 'QTT2001', severity: 'warning', path: 'spec.trafficPolicy.tunnel', origin: { line: 8 } },
    ]);
    expect(file.objects).toHaveLength(1);
  });

  it('has a code of its own where it would restrict access, and the object is valid all the same', () => {
    const spec = '  rules:\n  - from:\n    - source: {requestPrincipals: [a]}';
    const file = issues('AuthorizationPolicy', 'security.istio.io/v1beta1', spec);
    expect(file.issues).toMatchObject([
      {
        code: 'QTT2002',
        severity: 'warning',
        path: 'spec.rules[0].from[0].source.requestPrincipals',
        origin: { line: 7 },
      },
    ]);
    expect(file.objects).toHaveLength(1);
  });

  it('is told of single values of an enum', () => {
    const file = issues(
      'AuthorizationPolicy',
      'security.istio.io/v1beta1',
      '  action: CUSTOM\n  provider: {name: p}\n  rules: [{}]',
    );
    expect(file.issues).toMatchObject([
      { code: 'QTT2002', path: 'spec.action' },
      { code: 'QTT2002', path: 'spec.provider' },
    ]);
    expect(
      issues('AuthorizationPolicy', 'security.istio.io/v1beta1', '  action: ALLOW\n  rules: [{}]').issues,
    ).toEqual([]);
  });

  it('is told of whole kinds', () => {
    const file = issues('ClusterRbacConfig', 'rbac.istio.io/v1alpha1', '  mode: "ON"');
    expect(file.issues).toMatchObject([{ code: 'QTT2002', path: '' }]);
  });
});

describe('a mesh configuration', () => {
  const told = (text: string) =>
    parseMeshConfig(text, { file: 'mesh' }).issues.map(({ code, path, origin }) => [
      code,
      path,
      origin?.line,
    ]);

  it('is not told of its defaults, only of what was asked for', () => {
    expect(told('')).toEqual([]);
    expect(
      told('enableTracing: true\nconnectTimeout: 5s\ningressClass: mine\ndefaultConfig:\n  concurrency: 2\n'),
    ).toEqual([
      ['QTT2001', 'ingressClass', 3],
      ['QTT2001', 'defaultConfig.concurrency', 5],
    ]);
  });

  it('is valid when it asks for a restriction that is not realised', () => {
    const { object, issues } = parseMeshConfig('meshMTLS: {minProtocolVersion: TLSV1_3}\n', { file: 'mesh' });
    expect(object).toBeDefined();
    expect(issues).toMatchObject([{ code: 'QTT2002', severity: 'warning', path: 'meshMTLS' }]);
  });
});
