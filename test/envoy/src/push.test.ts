import type { Form } from '@quintet/xds';
import { afterEach, describe, expect, it } from 'vitest';
import { type PushMesh, startPushMesh } from './push/push-mesh.ts';

const FORMS: readonly Form[] = ['sotw', 'delta'];
let mesh: PushMesh;
afterEach(() => mesh.stop());

/** Sends requests one after the other while something happens; how often each status was answered. */
async function during(happening: () => Promise<void>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  let going = true;
  const load = (async () => {
    while (going) {
      const status = await mesh.get();
      counts[status] = (counts[status] ?? 0) + 1;
    }
  })();
  await happening().finally(() => {
    going = false;
  });
  await load;
  return counts;
}

describe.each(FORMS)('pushes to a real Envoy, %s', (form) => {
  it('moves a route from cluster to cluster, old ones going away, without a failed request', async () => {
    mesh = await startPushMesh(form);
    mesh.publish({ clusters: { c0: 1000 }, route: 'c0' });
    await mesh.accepted();
    const counts = await during(async () => {
      for (let i = 1; i <= 30; i += 1) {
        mesh.publish({ clusters: { [`c${i}`]: 1000 }, route: `c${i}` });
        await mesh.accepted();
      }
    });
    expect(Object.keys(counts)).toEqual(['200']);
    expect(mesh.events.filter(({ kind }) => kind === 'overdue' || kind === 'nacked')).toEqual([]);
  });

  it('changes a cluster in place, again and again, without waiting for an acknowledgement', async () => {
    mesh = await startPushMesh(form);
    mesh.publish({ clusters: { c: 1000 }, route: 'c' });
    await mesh.accepted();
    const counts = await during(async () => {
      for (let i = 1; i <= 50; i += 1) {
        mesh.publish({ clusters: { c: 1000 + i }, route: 'c' });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await mesh.accepted();
    });
    expect(Object.keys(counts)).toEqual(['200']);
    expect(mesh.events.filter(({ kind }) => kind === 'overdue' || kind === 'nacked')).toEqual([]);
  });

  it('adds a removed cluster again', async () => {
    mesh = await startPushMesh(form);
    for (let i = 0; i < 5; i += 1) {
      mesh.publish({ clusters: { a: 1000, b: 1000 }, route: 'b' });
      await mesh.accepted();
      expect(await mesh.get()).toBe(200);
      mesh.publish({ clusters: { a: 1000 }, route: 'a' });
      await mesh.accepted();
      expect(await mesh.get()).toBe(200);
    }
  });

  it('finds the one cluster that Envoy refuses, and goes on with all others', async () => {
    mesh = await startPushMesh(form);
    mesh.publish({ clusters: { a: 1000, b: 1000, c: 1000 }, route: 'a' });
    await mesh.accepted();
    const counts = await during(async () => {
      mesh.publish({ clusters: { a: 1001, b: 0, c: 1001, d: 1000, e: 1000 }, route: 'd' });
      await expect
        .poll(() => mesh.events.filter(({ kind }) => kind === 'refused'), { timeout: 10_000 })
        .toMatchObject([{ name: 'b' }]);
      mesh.publish({ clusters: { a: 1001, b: 1002, c: 1001, d: 1000, e: 1000 }, route: 'e' });
      await mesh.accepted();
    });
    expect(Object.keys(counts)).toEqual(['200']);
  });
});

it('goes on where it was after the control plane was away, without a failed request', async () => {
  mesh = await startPushMesh('delta');
  mesh.publish({ clusters: { a: 1000, b: 1000 }, route: 'a' });
  await mesh.accepted();
  const counts = await during(async () => {
    await mesh.stopControlPlane();
    mesh.publish({ clusters: { b: 1001, c: 1000 }, route: 'c' });
    await mesh.startControlPlane();
    await mesh.accepted();
  });
  expect(Object.keys(counts)).toEqual(['200']);
});
