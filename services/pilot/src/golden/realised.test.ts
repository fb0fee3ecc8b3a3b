import { join } from 'node:path';
import { fieldsInEffect, goldenCases, realisedFields } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { INPUTS, outcome, readCase } from './generate-case.ts';

const testdata = join(import.meta.dirname, '../../testdata');

/** The kinds that pilot alone gives an effect. */
const KINDS = [
  'AuthorizationPolicy',
  'DestinationRule',
  'Gateway',
  'MeshConfig',
  'MeshPolicy',
  'Policy',
  'QuotaSpecBinding',
  'ServiceEntry',
  'Sidecar',
  'VirtualService',
];

/** Fields whose effect does not show in what one proxy is handed, and where it shows instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'VirtualService HTTPRoute.websocketUpgrade': 'every route upgrades websockets: the next test',
};

/** What changes in what the proxy of some golden case is handed when it is taken away. */
async function provenFields(): Promise<ReadonlySet<string>> {
  let proven: ReadonlySet<string> = new Set();
  for (const one of await goldenCases({ testdata, inputs: INPUTS })) {
    const { mesh, ...input } = await readCase(one);
    proven = fieldsInEffect({
      objects: [...input.objects, ...(mesh ? [mesh] : [])],
      kinds: KINDS,
      outcome: (all) => {
        const changed = all.find(({ kind }) => kind === 'MeshConfig');
        return outcome({
          ...input,
          objects: all.filter((object) => object !== changed),
          ...(changed && { mesh: changed }),
        });
      },
      known: proven,
    });
  }
  return proven;
}

describe('a field that is said to be realised', () => {
  it('has an effect in a golden case, or elsewhere', async () => {
    const proven = await provenFields();
    const unproven = [...realisedFields(KINDS)].filter((name) => !proven.has(name));
    expect(unproven.toSorted()).toEqual(Object.keys(ELSEWHERE));
  }, 120_000);
});

describe('websockets', () => {
  it('are upgraded wherever HTTP is, whether a route asks for it or not', async () => {
    const cases = await goldenCases({ testdata, inputs: INPUTS });
    const listeners = await Promise.all(cases.map((one) => one.read('lds.yaml').catch(() => '')));
    const managers = listeners.join('\n').split('v3.HttpConnectionManager').slice(0, -1);
    expect(managers.length).toBeGreaterThan(0);
    expect(managers.filter((text) => !text.includes('upgradeType: websocket'))).toEqual([]);
  });
});
