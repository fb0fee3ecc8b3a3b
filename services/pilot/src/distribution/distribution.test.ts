import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createMemoryBus, type KeyValue } from '@quintet/bus';
import {
  DistributionShareSchema,
  ObjectDistributionSchema,
} from '@quintet/proto/quintet/status/v1/distribution_pb.js';
import { silentLog, systemClock } from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { CLUSTER_TYPE } from '@quintet/xds';
import { afterEach, describe, expect, it } from 'vitest';
import { startPilot } from '../testing/pilot-harness.ts';
import { tellDistribution } from '../testing/tell-distribution.ts';
import { countProxies } from './object-book.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const RULE = 'istio/networking/v1alpha3/destinationrules/default/web';

const config = (connections: number) => `
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: { name: web, namespace: default }
spec:
  hosts: [web.example.com]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.9 }]
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: { name: web, namespace: default }
spec:
  host: web.example.com
  trafficPolicy: { connectionPool: { tcp: { maxConnections: ${connections} } } }
`;

async function start() {
  const harness = await startPilot();
  ending.push(harness.stop);
  const bus = createMemoryBus();
  const shared = { clock: systemClock, log: silentLog };
  const bucket = bus.connect({ principal: 'galley', ...shared }).keyValue('distribution');
  const report = async (instance: string) => {
    const stop = await tellDistribution(harness.pilot, {
      ...{ instance, bus: bus.connect({ principal: 'pilot', ...shared }) },
    });
    ending.push(stop);
    return stop;
  };
  const other = bus.connect({ principal: 'pilot', ...shared }).keyValue('distribution');
  return { harness, bucket, report, other };
}

const sharesOf = async (bucket: KeyValue, name: string) => {
  const entry = await bucket.get(name);
  return entry && fromBinary(ObjectDistributionSchema, entry.value).shares;
};

describe('the distribution of objects', () => {
  it('is told by version, and follows what proxies accept', async () => {
    const { harness, bucket, report } = await start();
    harness.configure(config(1));
    await report('pilot-a');
    await eventually(async () => {
      expect(await sharesOf(bucket, RULE)).toMatchObject({ 'pilot-a': { acknowledged: 0, total: 0 } });
    });
    const before = (await sharesOf(bucket, RULE))?.['pilot-a']?.version;
    harness.connect({ form: 'sotw' });
    harness.connect({
      form: 'sotw',
      refuse: (typeUrl) =>
        typeUrl === CLUSTER_TYPE && harness.pilot.publisher.revision() > 1 ? 'no' : undefined,
    });
    await eventually(() => harness.pilot.progress().filter(({ revision }) => revision > 0).length === 2);
    harness.configure(config(2));
    await eventually(async () => {
      const share = (await sharesOf(bucket, RULE))?.['pilot-a'];
      expect(share?.version).not.toBe(before);
      expect(share).toMatchObject({ acknowledged: 1, total: 2 });
    });
  });

  it('holds the shares of several pilots, and forgets those that are gone', async () => {
    const { harness, bucket, report } = await start();
    harness.configure(config(1));
    const [stopA] = [await report('pilot-a'), await report('pilot-b')];
    const pilots = async () => Object.keys((await sharesOf(bucket, RULE)) ?? {}).sort();
    await eventually(async () => expect(await pilots()).toEqual(['pilot-a', 'pilot-b']));
    await stopA();
    harness.configure(config(3));
    await eventually(async () => expect(await pilots()).toEqual(['pilot-b']));
    harness.configure('');
    await eventually(async () => expect(await bucket.get(RULE)).toBeUndefined());
  });

  const foreign = create(ObjectDistributionSchema, {
    shares: { 'pilot-b': create(DistributionShareSchema, { version: '1', acknowledged: 1, total: 1 }) },
  });
  it.each([
    [
      'another pilot that had not heard of this one left its share out',
      toBinary(ObjectDistributionSchema, foreign),
    ],
    ['what is there cannot be read', Uint8Array.of(255, 255)],
  ])('is told again when %s', async (_, found) => {
    const { harness, bucket, report, other } = await start();
    harness.configure(config(1));
    await report('pilot-a');
    const told = await eventually(async () => {
      const entry = await bucket.get(RULE);
      expect(entry).toBeDefined();
      return entry;
    });
    await other.update(RULE, found, told?.revision ?? 0);
    await eventually(async () => {
      expect(Object.keys((await sharesOf(bucket, RULE)) ?? {})).toContain('pilot-a');
    });
  });
});

describe('proxies', () => {
  const refused = (...names: string[]) => new Set(names);
  const count = countProxies([
    { revision: 0, refused: refused() },
    { revision: 4, refused: refused() },
    { revision: 7, refused: refused('a') },
    { revision: 7, refused: refused() },
  ]);
  it.each([
    ['a', 1, 2],
    ['b', 1, 3],
    ['b', 4, 3],
    ['b', 5, 2],
    ['b', 8, 0],
    ['b', 0, 4],
  ])('that have %s of revision %d are %d', (name, revision, having) => {
    expect(count.total).toBe(4);
    expect(count.having(name, revision)).toBe(having);
  });
});
