import { create } from '@bufbuild/protobuf';
import { createMemoryBus } from '@quintet/bus';
import { createSnapshots, openSnapshot, STORED_SNAPSHOT, storedCollections } from '@quintet/mcp';
import { DESTINATION_RULE, makeConfigObject } from '@quintet/model';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { type Certificates, checkCertificates, createCertificateSlot, silentLog } from '@quintet/runtime';
import { createManualClock, createTestCa, type ManualClock } from '@quintet/runtime/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBusSnapshot } from './bus-snapshot.ts';

const GALLEY = 'spiffe://cluster.local/ns/istio-system/sa/istio-galley-service-account';
const RULES = DESTINATION_RULE.collection;
const rule = (name: string) =>
  makeConfigObject({
    kind: DESTINATION_RULE,
    namespace: 'shop',
    name,
    spec: create(DestinationRuleSchema, { host: 'x' }),
  });

let certificates: Certificates;
beforeAll(async () => {
  const ca = await createTestCa();
  certificates = checkCertificates(await ca.issue({ spiffeId: GALLEY }), Date.now());
});

function world() {
  const clock = createManualClock(Date.now());
  const hub = createMemoryBus();
  const bus = hub.connect({ principal: 'galley', clock, log: silentLog });
  const stored = async () => {
    const bytes = await bus.objects('snapshot').get(STORED_SNAPSHOT);
    if (bytes === undefined) return undefined;
    const signers = { allows: (id: string) => id === GALLEY };
    const snapshot = openSnapshot(bytes, { certificates, signers, now: clock.now() });
    const names = storedCollections(snapshot, [RULES]).flatMap(({ objects }) =>
      objects.map(({ name }) => name),
    );
    return { sequence: snapshot.sequence, names: names.join() };
  };
  return { clock, hub, bus, stored };
}

type World = ReturnType<typeof world>;

function start({ clock, bus }: Pick<World, 'bus'> & { readonly clock: ManualClock }) {
  const snapshots = createSnapshots([RULES]);
  const identity = createCertificateSlot();
  const component = createBusSnapshot({
    ...{ snapshots, bus, identity, clock, log: silentLog },
    intervalMs: 5000,
  });
  void component.start?.();
  return { snapshots, identity, stop: () => component.stop?.(AbortSignal.abort()) };
}

describe('the snapshot on the bus', () => {
  it('is written when there is something and somebody to sign it, and then at most once an interval', async () => {
    const { clock, bus, stored } = world();
    const { snapshots, identity } = start({ clock, bus });
    await clock.advance(10_000);
    snapshots.publish([rule('a')]);
    await clock.advance(10_000);
    expect(await stored()).toBeUndefined();
    identity.set(certificates);
    await clock.advance(10_000);
    const first = await stored();
    expect(first?.names).toBe('a');
    snapshots.update({ put: [rule('b')], removed: [] });
    await clock.advance(500);
    expect((await stored())?.names).toBe('a,b');
    snapshots.update({ put: [rule('c')], removed: [] });
    await clock.advance(4000);
    expect((await stored())?.names).toBe('a,b');
    await clock.advance(1000);
    expect((await stored())?.names).toBe('a,b,c');
  });

  it('has a higher number each time, also after a restart with a clock that went back', async () => {
    const { clock, bus, stored } = world();
    const first = start({ clock, bus });
    first.identity.set(certificates);
    first.snapshots.publish([rule('a')]);
    await clock.advance(5000);
    first.snapshots.update({ put: [rule('b')], removed: [] });
    await clock.advance(5000);
    await first.stop();
    const before = await stored();
    const back = createManualClock(clock.now() - 9000);
    const second = start({ clock: back, bus });
    second.identity.set(certificates);
    second.snapshots.publish([rule('c')]);
    await back.advance(5000);
    const after = await stored();
    expect(after?.names).toBe('c');
    expect(after?.sequence).toBe((before?.sequence ?? 0n) + 1n);
  });

  it('is written when the bus is back, and again with a renewed certificate', async () => {
    const { clock, hub, bus, stored } = world();
    hub.setUp(false);
    const { snapshots, identity } = start({ clock, bus });
    identity.set(certificates);
    snapshots.publish([rule('a')]);
    await clock.advance(6000);
    hub.setUp(true);
    await clock.advance(6000);
    const first = await stored();
    expect(first?.names).toBe('a');
    identity.set(certificates);
    await clock.advance(6000);
    expect((await stored())?.sequence).toBeGreaterThan(first?.sequence ?? 0n);
  });
});
