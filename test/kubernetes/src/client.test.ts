import { reviewAccess, reviewToken } from '@quintet/kube';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CONFIG_MAPS, SERVICE_ACCOUNTS } from './kube-types.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(() => plane?.stop());

const at = (name: string) => ({ namespace: 'default', name });
const config = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: at(name),
  data,
});

describe('a client of a real API server', () => {
  it('creates, replaces, patches in three ways, and deletes', async () => {
    const { client } = plane;
    const made = await client.create(CONFIG_MAPS, config('a', { x: '1' }));
    expect(made).toMatchObject({ namespace: 'default', name: 'a', json: { data: { x: '1' } } });
    expect(made.json.metadata).not.toHaveProperty('managedFields');
    await expect(client.create(CONFIG_MAPS, config('a', {}))).rejects.toMatchObject({
      code: 'already_exists',
      status: 409,
    });
    const { resourceVersion } = made;
    const updated = { ...config('a', { x: '2' }), metadata: { ...at('a'), resourceVersion } };
    expect((await client.update(CONFIG_MAPS, updated)).json.data).toEqual({ x: '2' });
    await expect(client.update(CONFIG_MAPS, updated)).rejects.toMatchObject({ code: 'aborted' });
    const merged = await client.patch(CONFIG_MAPS, at('a'), { type: 'merge', body: { data: { y: '3' } } });
    expect(merged.json.data).toEqual({ x: '2', y: '3' });
    const body = [{ op: 'remove', path: '/data/x' }];
    expect((await client.patch(CONFIG_MAPS, at('a'), { type: 'json', body })).json.data).toEqual({ y: '3' });
    const applied = await client.patch(CONFIG_MAPS, at('b'), {
      type: 'apply',
      body: config('b', { z: '4' }),
      fieldManager: 'quintet',
      force: true,
    });
    expect(applied.json.data).toEqual({ z: '4' });
    await expect(client.delete(CONFIG_MAPS, at('a'), { uid: 'another' })).rejects.toMatchObject({
      status: 409,
    });
    await client.delete(CONFIG_MAPS, at('a'), { uid: made.uid });
    await expect(client.get(CONFIG_MAPS, at('a'))).rejects.toMatchObject({
      code: 'not_found',
      reason: 'NotFound',
    });
  });

  it('lists names and versions alone', async () => {
    await plane.client.create(CONFIG_MAPS, config('m', { large: 'x'.repeat(1000) }));
    const { objects } = await plane.client.list(CONFIG_MAPS, { namespace: 'default', metadataOnly: true });
    const found = objects.find((object) => object.name === 'm');
    expect(found?.resourceVersion).toMatch(/^\d+$/);
    expect(found?.json).not.toHaveProperty('data');
  });

  it('asks whose token this is, and what its owner may do', async () => {
    const { client } = plane;
    await client.create(SERVICE_ACCOUNTS, { metadata: at('worker') });
    const request = await client.create(
      SERVICE_ACCOUNTS,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: at('worker'),
        spec: { audiences: ['istio-ca'], expirationSeconds: 600 },
      },
      { subresource: 'token' },
    );
    const status = request.json.status;
    const token =
      typeof status === 'object' && status !== null && 'token' in status ? String(status.token) : '';
    const good = await reviewToken(client, { token, audiences: ['istio-ca'] });
    expect(good).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:worker' },
      audiences: ['istio-ca'],
    });
    expect(await reviewToken(client, { token, audiences: ['other'] })).toMatchObject({
      authenticated: false,
    });
    expect(await reviewToken(client, { token: 'x', audiences: [] })).toMatchObject({ authenticated: false });
    if (!good.authenticated) throw new Error('not authenticated');
    const question = { path: '/debug/configz', verb: 'get' };
    expect(await reviewAccess(client, { user: good.user, question })).toMatchObject({ allowed: false });
    const admin = { username: 'x', uid: '', groups: ['system:masters'], extra: new Map() };
    expect(await reviewAccess(client, { user: admin, question })).toMatchObject({ allowed: true });
  });
});
