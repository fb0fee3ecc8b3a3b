import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { createMemoryBus } from '@quintet/bus';
import type { KubeObject, ResourceType } from '@quintet/kube';
import { customResourceDefinition, VIRTUAL_SERVICE } from '@quintet/model';
import { silentLog, systemClock } from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startGalley } from '../../../services/galley/src/testing/start-galley.ts';
import { writeStatus } from '../../../services/galley/src/testing/write-status.ts';
import { startPilot } from '../../../services/pilot/src/testing/pilot-harness.ts';
import { tellDistribution } from '../../../services/pilot/src/testing/tell-distribution.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CRDS, NAMESPACES, SERVICES } from './kube-types.ts';

const TYPE: ResourceType = { ...VIRTUAL_SERVICE, version: 'v1beta1' };
const WAIT = { timeoutMs: 20_000 };

let plane: ControlPlane;
const ending: (() => unknown)[] = [];

beforeAll(async () => {
  plane = await startControlPlane();
  for (const name of ['istio-system', 'shop']) await plane.client.create(NAMESPACES, { metadata: { name } });
  const definition: JsonObject = JSON.parse(JSON.stringify(customResourceDefinition(VIRTUAL_SERVICE)));
  await plane.client.create(CRDS, definition);
  await eventually(() => plane.client.list(TYPE), WAIT);
});
afterAll(() => plane?.stop());
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  const { objects } = await plane.client.list(TYPE);
  for (const { namespace, name } of objects) await plane.client.delete(TYPE, { namespace, name });
});

const GOOD = { hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews' } }] }] };
const BAD = { ...GOOD, http: [{ ...GOOD.http[0], timeout: '-1s' }] };
const virtualService = (name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name },
  spec,
});
const get = (name: string): Promise<KubeObject> => plane.client.get(TYPE, { namespace: 'shop', name });
const statusOf = async (name: string): Promise<JsonValue | undefined> => (await get(name)).json.status;
const change = (name: string, spec: JsonObject) =>
  plane.client.patch(TYPE, { namespace: 'shop', name }, { type: 'merge', body: { spec } });

describe('the status of objects on an API server', () => {
  it('says why an object is broken, and that it is repaired', async () => {
    const { stop, metrics } = await startGalley([
      ...['--insecure', '--server-address=tcp://127.0.0.1:0', `--kubeconfig=${plane.kubeconfig}`],
      '--enableServiceDiscovery=false',
    ]);
    ending.push(stop);
    await plane.client.create(TYPE, virtualService('a', BAD));
    await eventually(async () => {
      expect(await statusOf('a')).toMatchObject({
        observedGeneration: 1,
        conditions: [
          { type: 'Accepted', status: 'False', reason: 'Invalid' },
          { type: 'Reconciled', status: 'False' },
        ],
        validationMessages: [{ type: { code: 'IST0106' }, level: 'ERROR', path: 'spec.http[0].timeout' }],
      });
    }, WAIT);
    await change('a', GOOD);
    await eventually(async () => {
      expect(await statusOf('a')).toMatchObject({ conditions: [{ type: 'Accepted', status: 'True' }] });
    }, WAIT);
    expect(await statusOf('a')).not.toHaveProperty('validationMessages');
    expect(await statusOf('a')).toMatchObject({ observedGeneration: 2 });
    await change('a', BAD);
    await eventually(async () => {
      expect(await statusOf('a')).toMatchObject({ conditions: [{ reason: 'LastGoodKept' }, {}] });
    }, WAIT);
    // Writing a status is no change of the object: nothing was written because of what was written.
    const written = /status_writes_total\{result="written"\} (\d+)/.exec(await metrics.text())?.[1];
    expect(Number(written)).toBeLessThanOrEqual(4);
  });

  it('says what does not fit with other objects, while it does not', async () => {
    const { stop } = await startGalley([
      ...['--insecure', '--server-address=tcp://127.0.0.1:0', `--kubeconfig=${plane.kubeconfig}`],
      ...['--enableAnalysis', '--analysis-quiet-period=50ms'],
    ]);
    ending.push(stop);
    await plane.client.create(TYPE, virtualService('c', GOOD));
    await eventually(async () => {
      expect(await statusOf('c')).toMatchObject({
        conditions: [{ type: 'Accepted', status: 'True' }],
        validationMessages: [
          { type: { code: 'IST0101' }, level: 'ERROR', message: expect.stringContaining('reviews') },
        ],
      });
    }, WAIT);
    const metadata = { namespace: 'shop', name: 'reviews' };
    await plane.client.create(SERVICES, { metadata, spec: { ports: [{ name: 'http', port: 80 }] } });
    await eventually(async () => expect(await statusOf('c')).not.toHaveProperty('validationMessages'), WAIT);
    await plane.client.delete(SERVICES, metadata);
  });

  it('says how many proxies have an object', async () => {
    const bus = createMemoryBus();
    const shared = { clock: systemClock, log: silentLog };
    const pilot = await startPilot();
    ending.push(pilot.stop);
    const { access, client } = plane;
    const stopWriting = await writeStatus({
      ...{ access, client, bus: bus.connect({ principal: 'galley', ...shared }) },
      onChange(changes) {
        for (const { before, after } of changes) {
          const { collection = '', namespace = '', name = '' } = after ?? before ?? {};
          const removed = after === undefined ? [`${namespace}/${name}`] : [];
          pilot.pilot.apply({ collection, version: '', full: false, updated: after ? [after] : [], removed });
        }
      },
    });
    ending.push(stopWriting);
    const instance = 'pilot-test';
    ending.push(
      await tellDistribution(pilot.pilot, { instance, bus: bus.connect({ principal: 'pilot', ...shared }) }),
    );
    pilot.connect({ form: 'sotw' });
    pilot.connect({ form: 'delta' });
    await plane.client.create(TYPE, virtualService('b', GOOD));
    await eventually(async () => {
      expect(await statusOf('b')).toMatchObject({
        distribution: { acknowledged: 2, total: 2 },
        conditions: [
          { type: 'Accepted' },
          { type: 'Reconciled', status: 'True', message: '2 of 2 proxies have it' },
        ],
      });
    }, WAIT);
    pilot.connect({ form: 'delta' });
    await eventually(() => pilot.pilot.progress().filter(({ revision }) => revision > 0).length === 3, WAIT);
    await change('b', { hosts: ['reviews', 'ratings'] });
    await eventually(async () => {
      expect(await statusOf('b')).toMatchObject({
        ...{ observedGeneration: 2, distribution: { acknowledged: 3, total: 3 } },
        conditions: [{}, { status: 'True' }],
      });
    }, WAIT);
  });
});
