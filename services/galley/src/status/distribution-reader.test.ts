import { create, toBinary } from '@bufbuild/protobuf';
import { createMemoryBus, type KeyValueChange } from '@quintet/bus';
import {
  ObjectDistributionSchema,
  PilotPresenceSchema,
} from '@quintet/proto/quintet/status/v1/distribution_pb.js';
import { MeshError, silentLog } from '@quintet/runtime';
import { createManualClock, eventually } from '@quintet/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createDistributionReader } from './distribution-reader.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const OBJECT = {
  collection: 'istio/networking/v1alpha3/gateways',
  namespace: 'shop',
  name: 'edge',
  version: 'v2',
};
const KEY = 'istio/networking/v1alpha3/gateways/shop/edge';

async function start() {
  const clock = createManualClock();
  const bus = createMemoryBus();
  const pilot = bus.connect({ principal: 'pilot', clock, log: silentLog }).keyValue('distribution');
  const told: (string | undefined)[] = [];
  const reader = createDistributionReader({
    bus: bus.connect({ principal: 'galley', clock, log: silentLog }),
    onChange: (key) => told.push(key),
    ...{ clock, random: () => 0.5, log: silentLog },
  });
  ending.push(() => reader.stop?.(AbortSignal.timeout(1000)));
  await reader.start?.();
  const beat = (instance: string) =>
    pilot.put(`pilots/${instance}`, toBinary(PilotPresenceSchema, create(PilotPresenceSchema, { beat: 1n })));
  const share = (shares: Record<string, { version: string; acknowledged: number; total: number }>) =>
    pilot.put(KEY, toBinary(ObjectDistributionSchema, create(ObjectDistributionSchema, { shares })));
  return { clock, pilot, reader, told, beat, share };
}

describe('what pilots tell of an object', () => {
  it('is summed up over those that are there', async () => {
    const { clock, pilot, reader, told, beat, share } = await start();
    expect(reader.of(OBJECT)).toBeUndefined();
    await beat('a');
    await eventually(() => expect(reader.of(OBJECT)).toEqual({ acknowledged: 0, total: 0, complete: false }));
    await share({
      a: { version: 'v2', acknowledged: 3, total: 3 },
      gone: { version: 'v1', acknowledged: 9, total: 9 },
    });
    await eventually(() => expect(reader.of(OBJECT)).toEqual({ acknowledged: 3, total: 3, complete: true }));
    await beat('b');
    await share({
      a: { version: 'v2', acknowledged: 3, total: 3 },
      b: { version: 'v1', acknowledged: 2, total: 2 },
    });
    await eventually(() => expect(reader.of(OBJECT)).toEqual({ acknowledged: 3, total: 5, complete: false }));
    await clock.advance(30_000);
    await beat('a');
    await eventually(() => told.length >= 4);
    await clock.advance(10_000);
    expect(reader.of(OBJECT)).toEqual({ acknowledged: 3, total: 3, complete: true });
    await pilot.delete('pilots/a');
    await eventually(() => expect(reader.of(OBJECT)).toBeUndefined());
    expect(told).toContain(KEY);
    expect(told).toContain(undefined);
  });

  it('may be anything, and the bus may be away', async () => {
    const { pilot, reader, beat } = await start();
    await pilot.put(KEY, Uint8Array.of(255, 255, 255));
    await beat('a');
    await eventually(() => expect(reader.of(OBJECT)).toMatchObject({ complete: false }));
    let tries = 0;
    const clock = createManualClock();
    const change: KeyValueChange = { key: 'pilots/a', value: new Uint8Array(), revision: 1 };
    const waiting = createDistributionReader({
      bus: {
        keyValue: () => ({
          ...pilot,
          async watch(onChange) {
            tries += 1;
            if (tries < 3) throw new MeshError('unavailable', 'no bus');
            onChange(change);
            return { stop: () => undefined };
          },
        }),
      },
      ...{ onChange: () => undefined, clock, random: () => 0.5, log: silentLog },
    });
    ending.push(() => waiting.stop?.(AbortSignal.timeout(1000)));
    await waiting.start?.();
    await clock.advance(10_000);
    expect(tries).toBe(3);
    expect(waiting.of(OBJECT)).toEqual({ acknowledged: 0, total: 0, complete: false });
  });
});
