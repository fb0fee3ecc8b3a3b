import { create } from '@bufbuild/protobuf';
import type { Principal } from '@quintet/bus';
import { createMcpSink, createSnapshots, STORED_SNAPSHOT, signSnapshot, sinkFallback } from '@quintet/mcp';
import { type ConfigObject, DESTINATION_RULE, makeConfigObject } from '@quintet/model';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { checkCertificates, createChannel, silentLog, systemClock } from '@quintet/runtime';
import { createTestCa } from '@quintet/runtime/testing';
import { freePort } from '@quintet/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type BusUnderTest, memoryBusUnderTest, natsBusUnderTest } from './bus-under-test.ts';

const GALLEY = 'spiffe://cluster.local/ns/istio-system/sa/istio-galley-service-account';
const RULES = DESTINATION_RULE.collection;
/** Far more than one message of the bus holds. */
const MANY = 10_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function rule(name: string): ConfigObject {
  const spec = create(DestinationRuleSchema, { host: `${name}.shop.svc.cluster.local` });
  return makeConfigObject({ kind: DESTINATION_RULE, namespace: 'shop', name, spec });
}

/** The roots and galley's certificate, and what galley stores when it hands these objects out. */
async function authority() {
  const ca = await createTestCa();
  const certificates = checkCertificates(await ca.issue({ spiffeId: GALLEY }), Date.now());
  const store = (objects: readonly ConfigObject[], sequence: bigint) => {
    const snapshots = createSnapshots([RULES]);
    snapshots.publish(objects);
    return signSnapshot(snapshots, { sequence, takenAt: Date.now() }, certificates);
  };
  return { certificates, store };
}

type Authority = Awaited<ReturnType<typeof authority>>;

/** A sink of a galley that is not there, with the bus that a principal has. */
async function startSink(bus: BusUnderTest, principal: Principal, { certificates }: Authority) {
  const own = await bus.connect(principal);
  const channel = createChannel({ address: `127.0.0.1:${await freePort()}` });
  const names: string[] = [];
  const ignored = Promise.withResolvers<string>();
  const sink = createMcpSink({
    channel,
    collections: [RULES],
    node: { id: principal },
    onChange: ({ updated }) => void names.push(...updated.map(({ name }) => name)),
    ...{ log: silentLog, clock: systemClock, random: () => 0.5 },
    reconnect: { initialMs: 5, maxMs: 50 },
    ...sinkFallback({
      objects: own.objects('snapshot'),
      events: { publish: ({ message }) => ignored.resolve(message) },
      identity: { current: () => certificates },
      signers: [GALLEY],
      patienceMs: 20,
      ...{ log: silentLog, clock: systemClock },
    }),
  });
  cleanups.push(channel.close, () => sink.stop?.(AbortSignal.abort()));
  await sink.start?.();
  return { sink, names, ignored: ignored.promise };
}

describe.each([
  ['in memory', memoryBusUnderTest],
  ['over NATS', natsBusUnderTest],
])('configuration stored on the bus, %s', (_, make) => {
  it('is read whole by pilot and mixer', async () => {
    const bus = await make();
    cleanups.push(bus.remove);
    const world = await authority();
    const galley = await bus.connect('galley');
    const objects = Array.from({ length: MANY }, (_each, i) => rule(`r${i}`));
    await galley.objects('snapshot').put(STORED_SNAPSHOT, world.store([rule('old')], 1n));
    await galley.objects('snapshot').put(STORED_SNAPSHOT, world.store(objects, 2n));
    for (const principal of ['pilot', 'mixer'] as const) {
      const { sink, names } = await startSink(bus, principal, world);
      await sink.synced;
      expect([names.length, names.includes('old'), sink.isFallback()]).toEqual([MANY, false, true]);
    }
  });

  it('is not believed when another authority has signed it, and the mesh is told', async () => {
    const bus = await make();
    cleanups.push(bus.remove);
    const galley = await bus.connect('galley');
    await galley.objects('snapshot').put(STORED_SNAPSHOT, (await authority()).store([rule('a')], 1n));
    const { sink, names, ignored } = await startSink(bus, 'pilot', await authority());
    expect(await ignored).toContain('the configuration stored on the bus is not used: ');
    expect([names, sink.isSynced()]).toEqual([[], false]);
  });
});
