import { describe, expect, it } from 'vitest';
import { parseMeshConfig } from './decode/mesh-config-file.ts';
import { durationMillis } from './duration.ts';
import { meshConfigWithDefaults } from './mesh-config.ts';

describe('meshConfigWithDefaults', () => {
  it('has the classic defaults', () => {
    const config = meshConfigWithDefaults();
    expect(config).toMatchObject({
      disablePolicyChecks: true,
      proxyListenPort: 15001,
      rootNamespace: 'istio-system',
    });
    expect(durationMillis(config.dnsRefreshRate)).toBe(5000);
    expect(config.defaultConfig).toMatchObject({ proxyAdminPort: 15000, serviceCluster: 'istio-proxy' });
  });

  it('lets what is written replace the default, zero and false too', () => {
    const config = meshConfigWithDefaults({
      disablePolicyChecks: false,
      defaultConfig: { proxyAdminPort: 1 },
    });
    expect(config).toMatchObject({ disablePolicyChecks: false, enableTracing: true });
    expect(config.defaultConfig).toMatchObject({ proxyAdminPort: 1, serviceCluster: 'istio-proxy' });
  });

  it('takes a whole message as it is', () => {
    const written = meshConfigWithDefaults({ accessLogFile: '' });
    expect(meshConfigWithDefaults(written)).toEqual(written);
  });
});

describe('parseMeshConfig', () => {
  const parse = (text: string) => parseMeshConfig(text, { file: 'mesh.yaml' });

  it('merges the file over the defaults', () => {
    const { object, issues } = parse(
      'disablePolicyChecks: false\ndefaultConfig: {statusPort: 2}\ndefaultServiceExportTo: ["."]\n',
    );
    expect(issues).toMatchObject([{ code: 'QTT2001', path: 'defaultConfig.statusPort' }]);
    expect(object?.spec).toMatchObject({
      disablePolicyChecks: false,
      enableTracing: true,
      defaultServiceExportTo: ['.'],
    });
    expect(object?.spec.defaultConfig).toMatchObject({ statusPort: 2, proxyAdminPort: 15000 });
  });

  it('takes an empty trust domain for the default, as charts render it when none was asked for', () => {
    const { object, issues } = parse('trustDomain: ""\nlocalityLbSetting: {enabled: true}\n');
    expect(issues).toEqual([]);
    expect(object?.spec).toMatchObject({
      trustDomain: 'cluster.local',
      localityLbSetting: { enabled: true },
    });
  });

  it('tells who switches locality load balancing off that it stays on', () => {
    const { issues } = parse('localityLbSetting: {enabled: false}\n');
    expect(issues).toMatchObject([{ code: 'QTT2001', path: 'localityLbSetting.enabled' }]);
  });

  it('takes an empty file for the defaults', () => {
    expect(parse('').object?.spec).toEqual(meshConfigWithDefaults());
  });

  it('names what is unknown', () => {
    const { object, issues } = parse('a: 1\nenableTracin: true\n');
    expect(object).toBeUndefined();
    expect(issues.map((issue) => [issue.path, issue.origin?.line])).toEqual([
      ['a', 1],
      ['enableTracin', 2],
    ]);
  });

  it('refuses a second document', () => {
    expect(parse('enableTracing: true\n---\nenableTracing: false\n').issues).toMatchObject([
      { code: 'QTT1001' },
    ]);
  });
});
