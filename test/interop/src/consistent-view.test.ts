import { createChannel } from '@quintet/runtime';
import { createXdsClient, eventually, type XdsClient } from '@quintet/testkit';
import { CLUSTER_TYPE, type Form, ROUTE_TYPE } from '@quintet/xds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { markerHost, randomMesh, seededRandom } from './random-mesh.ts';
import { danglingNames, viewOf, withoutEndpoints } from './view.ts';

const STEPS = 40;
const STEP_LIMIT_MS = 15_000;
const SEED = 20_240_501;

let controlPlane: ControlPlane;
const random = seededRandom(SEED);
beforeAll(async () => {
  controlPlane = await startControlPlane(randomMesh(random, 0));
});
afterAll(() => controlPlane.stop());

describe('a client that is not Envoy, at pilot and galley', () => {
  it(`sees no route without its cluster in ${STEPS} random changes, and the same in both forms`, async () => {
    const channel = createChannel({ address: controlPlane.pilot });
    const node = { id: 'sidecar~127.0.0.1~client.default~default.svc.cluster.local' };
    const open = (form: Form): XdsClient => createXdsClient({ channel, form, node });
    const following = [open('sotw'), open('delta')];
    const dangling = new Set<string>();
    try {
      for (let step = 0; step <= STEPS; step += 1) {
        if (step > 0) await controlPlane.configure(randomMesh(random, step));
        const seen = (client: XdsClient) => {
          for (const problem of danglingNames(client)) dangling.add(`step ${step}: ${problem}`);
          return isAt(client, step);
        };
        await Promise.all(following.map((client) => client.until(seen, STEP_LIMIT_MS)));
        const fresh = open(step % 2 === 0 ? 'sotw' : 'delta');
        await fresh.until((client) => isAt(client, step), STEP_LIMIT_MS);
        await eventually(() => {
          const [one, other, anew] = [...following, fresh].map(viewOf);
          expect(other).toEqual(one);
          expect(anew).toEqual(one);
          expect([...following, fresh].flatMap(withoutEndpoints)).toEqual([]);
        });
        await fresh.close();
      }
      expect([...dangling]).toEqual([]);
    } finally {
      for (const client of following) await client.close();
      channel.close();
    }
  });
});

/** Whether a client has all that comes with a step: its own cluster and route, and those of the step before no more. */
function isAt(client: XdsClient, step: number): boolean {
  const clusters = client.resources(CLUSTER_TYPE);
  const has = (host: string): boolean => clusters.has(`outbound|80||${host}`);
  const routes = JSON.stringify([...client.resources(ROUTE_TYPE).values()], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const isNew = has(markerHost(step)) && routes.includes(markerHost(step));
  return isNew && !has(markerHost(step - 1)) && !routes.includes(markerHost(step - 1));
}
