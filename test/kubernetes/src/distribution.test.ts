import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { authorizationConfig, createNkey, type Principal } from '@quintet/bus';
import type { ResourceType } from '@quintet/kube';
import { customResourceDefinition, VIRTUAL_SERVICE } from '@quintet/model';
import { eventually, makeTempDir, type NatsServer, startNatsServer } from '@quintet/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGalley } from '../../../services/galley/src/testing/start-galley.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CRDS, NAMESPACES } from './kube-types.ts';
import { type PilotProcess, startPilotProcess } from './pilot-process.ts';

const TYPE: ResourceType = { ...VIRTUAL_SERVICE, version: 'v1beta1' };
const WAIT = { timeoutMs: 30_000 };
const ROUTES = { namespace: 'shop', name: 'routes' };

let plane: ControlPlane;
let nats: NatsServer;
let pilots: readonly PilotProcess[];
const ending: (() => unknown)[] = [];

/** A bus that knows galley and pilot, and the flags by which each is known. */
async function startBus() {
  const dir = await makeTempDir('distribution');
  ending.push(dir.remove);
  const keys = new Map<Principal, { nkey: string }>();
  const seedFile = (principal: Principal) => join(dir.path, `${principal}.nk`);
  for (const principal of ['galley', 'pilot'] as const) {
    const { publicKey, seed } = createNkey();
    keys.set(principal, { nkey: publicKey });
    await writeFile(seedFile(principal), seed, { mode: 0o600 });
  }
  nats = await startNatsServer({ config: authorizationConfig(keys) });
  ending.push(nats.remove);
  return (principal: Principal) => [
    `--nats-address=${nats.address}`,
    `--nats-seed-file=${seedFile(principal)}`,
  ];
}

beforeAll(async () => {
  plane = await startControlPlane();
  ending.push(plane.stop);
  for (const name of ['istio-system', 'shop']) await plane.client.create(NAMESPACES, { metadata: { name } });
  const definition: JsonObject = JSON.parse(JSON.stringify(customResourceDefinition(VIRTUAL_SERVICE)));
  await plane.client.create(CRDS, definition);
  await eventually(() => plane.client.list(TYPE), WAIT);
  const busFlags = await startBus();
  const galley = await startGalley([
    ...['--insecure', '--server-address=tcp://127.0.0.1:0', `--kubeconfig=${plane.kubeconfig}`],
    ...busFlags('galley'),
  ]);
  ending.push(galley.stop);
  const address = `127.0.0.1:${galley.app.server.port()}`;
  pilots = await Promise.all([1, 2].map(() => startPilotProcess(address, busFlags('pilot'))));
  for (const pilot of pilots) ending.push(pilot.stop);
  await Promise.all(pilots.map((pilot) => pilot.ready()));
});
afterAll(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const specOf = (...hosts: string[]): JsonObject => ({
  hosts,
  http: [{ route: [{ destination: { host: 'reviews' } }] }],
});
const change = (...hosts: string[]) =>
  plane.client.patch(TYPE, ROUTES, { type: 'merge', body: { spec: specOf(...hosts) } });
const statusOf = async (): Promise<JsonValue | undefined> =>
  (await plane.client.get(TYPE, ROUTES)).json.status;
/** Waits until the status says so of that generation of the object. */
const says = (generation: number, acknowledged: number, total: number) =>
  eventually(async () => {
    const whole = acknowledged === total;
    expect(await statusOf()).toMatchObject({
      observedGeneration: generation,
      distribution: { acknowledged, total },
      conditions: [
        { type: 'Accepted', status: 'True' },
        {
          ...{ type: 'Reconciled', status: whole ? 'True' : 'False' },
          message: `${acknowledged} of ${total} proxies have it`,
        },
      ],
    });
  }, WAIT);

describe('the distribution of an object, from an API server to proxies and back over the bus', () => {
  it('counts the proxies of every replica of pilot, those that refuse too, also after the bus was away', async () => {
    for (const [index, pilot] of pilots.entries()) pilot.connect(`proxy-${index}`);
    await plane.client.create(TYPE, {
      ...{ apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService' },
      ...{ metadata: ROUTES, spec: specOf('reviews') },
    });
    await says(1, 2, 2);
    const stubborn = pilots[0]?.connect('stubborn', { refusal: 'no' });
    await change('reviews', 'ratings');
    await says(2, 2, 3);
    await stubborn?.close();
    await says(2, 2, 2);
    await nats.kill();
    await change('reviews', 'ratings', 'details');
    await nats.start();
    await says(3, 2, 2);
  });
});
