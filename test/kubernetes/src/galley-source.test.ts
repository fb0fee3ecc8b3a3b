import { isNotFound, type ResourceType } from '@quintet/kube';
import { KINDS } from '@quintet/model';
import { eventually } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  type KubernetesReader,
  readKubernetes,
} from '../../../services/galley/src/testing/read-kubernetes.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CRDS, crdOf, NAMESPACES, SECRETS, SERVICES } from './kube-types.ts';

let plane: ControlPlane;
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
  plane = await startControlPlane();
  for (const name of ['istio-system', 'shop']) await plane.client.create(NAMESPACES, { metadata: { name } });
});
afterAll(() => plane?.stop());
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const typeOf = (name: string): ResourceType => {
  const kind = KINDS.find((each) => each.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return { ...kind, version: kind.versions[0] ?? '' };
};
const VIRTUAL_SERVICES = typeOf('VirtualService');

const virtualService = (name: string, spec: object) => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name },
  spec: { hosts: ['reviews'], ...spec },
});
const routed = { http: [{ route: [{ destination: { host: 'reviews' } }] }] };

async function read(
  options: Parameters<typeof readKubernetes>[1] = {},
  access = plane.access,
): Promise<KubernetesReader> {
  const reader = await readKubernetes(access, options);
  ending.push(reader.stop);
  await expect.poll(() => reader.batches.length, { timeout: 15_000 }).toBeGreaterThan(0);
  return reader;
}

/** Makes a CRD, and ends it after the test. */
async function serve(type: ResourceType): Promise<void> {
  await plane.client.create(CRDS, crdOf(type));
  const name = `${type.plural}.${type.group}`;
  ending.unshift(async () => {
    await plane.client.delete(CRDS, { name }).catch(() => undefined);
    const gone = () => plane.client.get(CRDS, { name }).then(() => false as const, isNotFound);
    await eventually(async () => (await gone()) || false, { timeoutMs: 15_000 });
  });
  await eventually(() => plane.client.list(type), { timeoutMs: 15_000 });
}

describe('configuration on a real API server', () => {
  it('is read although no type of it exists, and picked up when one comes', async () => {
    const { batches, items, health } = await read();
    expect(batches[0]).toMatchObject({ source: 'kube', synced: true });
    await serve(VIRTUAL_SERVICES);
    await plane.client.create(VIRTUAL_SERVICES, virtualService('reviews', routed));
    const item = await eventually(() => items.get('kube VirtualService/shop/reviews') ?? false, {
      timeoutMs: 15_000,
    });
    expect(item).toMatchObject({
      object: { namespace: 'shop', name: 'reviews', spec: { hosts: ['reviews'] } },
      issues: [],
    });
    expect(item.object?.createTime).toBeGreaterThan(Date.UTC(2020));
    expect(health()).toEqual({ state: 'ok' });
  });

  it('is handed over within a moment, wrong objects without the object, and deletions', async () => {
    await serve(VIRTUAL_SERVICES);
    const { items } = await read();
    await plane.client.create(VIRTUAL_SERVICES, virtualService('good', routed));
    const key = 'kube VirtualService/shop/good';
    const good = await eventually(() => items.get(key) ?? false);
    const wrong = { http: [{ route: [{ destination: { host: 'reviews' }, weight: -5 }] }] };
    const at = { namespace: 'shop', name: 'good' };
    await plane.client.patch(VIRTUAL_SERVICES, at, { type: 'merge', body: { spec: wrong } });
    const bad = await eventually(() => items.get(key) !== good && (items.get(key) ?? false));
    expect(bad).not.toHaveProperty('object');
    expect(bad).toMatchObject({ issues: [{ severity: 'error', path: expect.stringContaining('weight') }] });
    await plane.client.delete(VIRTUAL_SERVICES, at);
    await eventually(() => !items.has(key));
  });

  it('goes with its type', async () => {
    await serve(VIRTUAL_SERVICES);
    await plane.client.create(VIRTUAL_SERVICES, virtualService('reviews', routed));
    const { items } = await read();
    expect([...items.keys()]).toContain('kube VirtualService/shop/reviews');
    await plane.client.delete(CRDS, { name: 'virtualservices.networking.istio.io' });
    await expect
      .poll(() => [...items.keys()], { timeout: 15_000 })
      .not.toContain('kube VirtualService/shop/reviews');
  });

  it('stays as it is while the API server is away', async () => {
    await serve(VIRTUAL_SERVICES);
    await plane.client.create(VIRTUAL_SERVICES, virtualService('before', routed));
    const { items, health } = await read();
    await plane.kill('apiserver');
    await expect.poll(() => health().state, { timeout: 15_000 }).toBe('degraded');
    expect(items.has('kube VirtualService/shop/before')).toBe(true);
    await plane.restart('apiserver');
    await plane.client.create(VIRTUAL_SERVICES, virtualService('after', routed));
    await plane.client.delete(VIRTUAL_SERVICES, { namespace: 'shop', name: 'before' });
    await expect
      .poll(() => [...items.keys()].filter((key) => key.includes('VirtualService')), { timeout: 30_000 })
      .toEqual(['kube VirtualService/shop/after']);
    await expect.poll(() => health(), { timeout: 15_000 }).toEqual({ state: 'ok' });
  });
});

describe('another cluster', () => {
  const service = (name: string) => ({
    metadata: { namespace: 'shop', name },
    spec: { ports: [{ name: 'http', port: 80 }] },
  });
  const secret = (kubeconfig: string) => ({
    metadata: { namespace: 'istio-system', name: 'east', labels: { 'istio/multiCluster': 'true' } },
    data: { east: Buffer.from(kubeconfig).toString('base64') },
  });
  const servicesOf = ({ items }: KubernetesReader) =>
    [...items.keys()].filter((key) => key.startsWith('kube/east Service/shop/')).sort();

  it('is read as long as a Secret names it', async () => {
    const other = await startControlPlane();
    ending.push(other.stop);
    await other.client.create(NAMESPACES, { metadata: { name: 'shop' } });
    await other.client.create(SERVICES, service('a'));
    await plane.client.create(SECRETS, secret(other.kubeconfigOf('admin')));
    const reader = await read({ serviceDiscovery: true });
    // The first batch of the local cluster waited for the other one.
    expect(servicesOf(reader)).toEqual(['kube/east Service/shop/a']);
    expect(reader.batches.map((batch) => batch.source).slice(0, 2)).toEqual(['kube/east', 'kube']);
    await other.client.create(SERVICES, service('b'));
    await eventually(() => servicesOf(reader).length === 2);
    const at = { namespace: 'istio-system', name: 'east' };
    const change = (kubeconfig: string) =>
      plane.client.patch(SECRETS, at, { type: 'merge', body: { data: secret(kubeconfig).data } });
    await change('nonsense');
    await expect
      .poll(() => reader.batches.findLast((batch) => batch.issues !== undefined)?.issues)
      .toMatchObject([{ code: 'QTT1007', path: 'data["east"]' }]);
    // A kubeconfig that is broken does not end what the one before gave.
    expect(servicesOf(reader)).toHaveLength(2);
    await plane.client.delete(SECRETS, at);
    await eventually(() => servicesOf(reader).length === 0);
  });
});
