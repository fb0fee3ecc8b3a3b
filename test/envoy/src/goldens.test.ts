import { createTestCa } from '@quintet/testkit';
import type { WireSet } from '@quintet/xds';
import { beforeAll, describe, expect, it } from 'vitest';
import { feedEnvoy } from './goldens/fed-envoy.ts';
import { goldenNames, goldenSet, secretSet } from './goldens/golden-set.ts';

describe('a real Envoy accepts', () => {
  let secrets: WireSet;
  beforeAll(async () => {
    secrets = await secretSet(await createTestCa());
  });

  it.each(goldenNames())('%s', async (name) => {
    const { refusals } = await feedEnvoy({ resources: goldenSet(name), secrets, form: 'delta' });
    expect(refusals).toEqual([]);
  });

  it('refuses what is wrong, so that this test can fail', async () => {
    const good = goldenSet('one-http-service');
    const [typeUrl, routes] = [...good].at(-1) ?? [];
    const [clusterType] = good.keys();
    if (typeUrl === undefined || routes === undefined || clusterType === undefined)
      throw new Error('no such set');
    const wrong = new Map(good).set(clusterType, routes);
    const { refusals } = await feedEnvoy({ resources: wrong, secrets, form: 'delta' });
    expect(refusals).not.toEqual([]);
  });
});
