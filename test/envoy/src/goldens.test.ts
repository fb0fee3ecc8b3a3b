import { createTestCa, makeTempDir } from '@quintet/testkit';
import type { WireSet } from '@quintet/xds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { feedEnvoy } from './goldens/fed-envoy.ts';
import { goldenNames, goldenSet, secretSet, writeCertificateFiles } from './goldens/golden-set.ts';

describe('a real Envoy accepts', () => {
  let secrets: WireSet;
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  const setOf = (name: string): WireSet => goldenSet(name, { files: temp.path });
  beforeAll(async () => {
    const ca = await createTestCa();
    secrets = await secretSet(ca);
    temp = await makeTempDir();
    await writeCertificateFiles(ca, temp.path);
  });
  afterAll(() => temp.remove());

  it.each(goldenNames())('%s', async (name) => {
    const { refusals } = await feedEnvoy({ resources: setOf(name), secrets, form: 'delta' });
    expect(refusals).toEqual([]);
  });

  it.each(goldenNames().filter((_, index) => index % 3 === 0))(
    '%s as the state of the world',
    async (name) => {
      const { refusals } = await feedEnvoy({ resources: setOf(name), secrets, form: 'sotw' });
      expect(refusals).toEqual([]);
    },
  );

  it('refuses what is wrong, so that this test can fail', async () => {
    const good = setOf('one-http-service');
    const [typeUrl, routes] = [...good].at(-1) ?? [];
    const [clusterType] = good.keys();
    if (typeUrl === undefined || routes === undefined || clusterType === undefined)
      throw new Error('no such set');
    const wrong = new Map(good).set(clusterType, routes);
    const { refusals } = await feedEnvoy({ resources: wrong, secrets, form: 'delta' });
    expect(refusals).not.toEqual([]);
  });
});
