import type { KubeClient, ResourceType } from '@quintet/kube';
import { eventually } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { type Following, type FollowOptions, followType } from './following.ts';
import { CONFIG_MAPS, CRDS, crdOf, NAMESPACES } from './kube-types.ts';

let plane: ControlPlane;
let namespaces = 0;
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(() => plane?.stop());
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function newNamespace(): Promise<string> {
  namespaces += 1;
  const name = `test-${namespaces}`;
  await plane.client.create(NAMESPACES, { metadata: { name } });
  return name;
}

async function follow(options: Omit<FollowOptions, 'plane'>): Promise<Following> {
  const following = await followType({ plane, ...options });
  ending.push(following.stop);
  return following;
}

const settings = (namespace: string) => ({
  create: (name: string) => plane.client.create(CONFIG_MAPS, { metadata: { namespace, name }, data: {} }),
  change: (name: string, value: string) =>
    plane.client.patch(CONFIG_MAPS, { namespace, name }, { type: 'merge', body: { data: { value } } }),
  remove: (name: string) => plane.client.delete(CONFIG_MAPS, { namespace, name }),
});

/** A few of each kind of change. */
async function someChanges(namespace: string): Promise<void> {
  const { create, change } = settings(namespace);
  await Promise.all(
    [1, 2, 3].map((number) => create(`new-${number}-${Math.random().toString(36).slice(2)}`)),
  );
  await change('old-1', `${Math.random()}`);
  await change('old-2', `${Math.random()}`);
}

async function followFilled(options: Partial<FollowOptions> = {}) {
  const namespace = await newNamespace();
  const { create } = settings(namespace);
  await Promise.all([1, 2, 3, 4, 5, 6, 7].map((number) => create(`old-${number}`)));
  const following = await follow({ type: CONFIG_MAPS, namespace, ...options });
  await following.caughtUp();
  return { namespace, ...following, ...settings(namespace) };
}

describe('a reflector of a real API server', () => {
  it('reads all pages, then follows every change', async () => {
    const { namespace, caughtUp, told, remove } = await followFilled({ pageSize: 2 });
    expect(told).toEqual(['listed 7 first']);
    await someChanges(namespace);
    await remove('old-3');
    expect(await caughtUp()).toBe(9);
    expect(told).toEqual(['listed 7 first']);
  });

  it('resumes where its connection was cut', async () => {
    const { namespace, caughtUp, told, proxy, remove } = await followFilled();
    for (let round = 0; round < 5; round++) {
      proxy.close();
      await someChanges(namespace);
      if (round === 2) await remove('old-7');
      proxy.open();
      await caughtUp();
    }
    expect(told.filter((line) => line.startsWith('listed'))).toEqual(['listed 7 first']);
  });

  it('notices that nothing comes through any more', async () => {
    const { namespace, caughtUp, told, proxy } = await followFilled({ times: { stallMs: 500 } });
    proxy.silence(true);
    await someChanges(namespace);
    await caughtUp();
    expect(told).toContain('stalled');
  });

  it('keeps up though what takes over the changes is slow', async () => {
    const waiting: (() => void)[] = [];
    let slow = false;
    const { namespace, caughtUp, create, held } = await followFilled({
      onChange: () => (slow ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined),
    });
    slow = true;
    await create('first');
    await expect.poll(() => waiting.length).toBe(1);
    // Meanwhile more comes than sockets and the API server hold for one watch.
    const large = 'x'.repeat(500_000);
    for (let round = 0; round < 40; round++) {
      await plane.client.patch(
        CONFIG_MAPS,
        { namespace, name: `old-${1 + (round % 7)}` },
        { type: 'merge', body: { data: { large, round: `${round}` } } },
      );
    }
    expect([waiting.length, held.size]).toEqual([1, 7]);
    slow = false;
    for (const done of waiting) done();
    expect(await caughtUp()).toBe(8);
  });

  it('finds by an audit that nothing was lost', async () => {
    const { namespace, caughtUp, told } = await followFilled({ times: { auditMs: 200, graceMs: 100 } });
    for (let round = 0; round < 5; round++) await someChanges(namespace);
    await caughtUp();
    expect(told).toEqual(['listed 7 first']);
  });
});

describe('when Kubernetes fails', () => {
  it('a restart of the API server loses nothing that was written before and after', async () => {
    const { namespace, caughtUp, remove, reflector, proxy } = await followFilled();
    proxy.close();
    await someChanges(namespace);
    await remove('old-4');
    proxy.open();
    await plane.kill('apiserver');
    await eventually(() => reflector.state().kind === 'stale');
    await plane.restart('apiserver');
    await someChanges(namespace);
    await remove('old-5');
    await caughtUp();
    await expect.poll(() => reflector.state()).toEqual({ kind: 'synced' });
  });

  it('a compaction makes it list again, and hand over deletions too', async () => {
    const { namespace, caughtUp, told, remove, proxy, held } = await followFilled();
    proxy.close();
    await someChanges(namespace);
    await remove('old-6');
    await plane.compact();
    // The API server remembers some history itself, until it is started anew.
    await plane.restart('apiserver');
    await someChanges(namespace);
    proxy.open();
    await caughtUp();
    expect(told.filter((line) => line.endsWith('gone'))).toHaveLength(1);
    expect(held.has(`${namespace}/old-6`)).toBe(false);
  });

  it('a list that expires between two pages begins anew', async () => {
    let pages = 0;
    const through = (client: KubeClient): KubeClient => ({
      ...client,
      async list(type, options) {
        pages += 1;
        if (pages === 2) {
          await plane.client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'between' } });
          await plane.compact();
          await plane.restart('apiserver');
        }
        return await client.list(type, options);
      },
    });
    const { told } = await followFilled({ pageSize: 2, through });
    expect(pages).toBeGreaterThan(5);
    expect(told).toEqual(['listed 7 first']);
  });

  it('etcd dies and comes back, and with it what was written', async () => {
    const { namespace, caughtUp, told } = await followFilled();
    await plane.kill('etcd');
    // The API server holds a write back while it looks for etcd; whether it is made then is open.
    const held = settings(namespace)
      .change('old-1', 'x')
      .catch(() => undefined);
    await plane.restart('etcd');
    await held;
    await someChanges(namespace);
    await caughtUp();
    expect(told.filter((line) => line.startsWith('lost'))).toEqual([]);
  });
});

describe('a type of objects', () => {
  const WIDGETS: ResourceType = {
    ...{ group: 'test.example.org', version: 'v1', plural: 'widgets', kind: 'Widget', scope: 'namespace' },
  };

  it('comes and goes', async () => {
    const { reflector, told, caughtUp, held } = await follow({
      type: WIDGETS,
      times: { absentMs: 100, goneMs: 200 },
    });
    await expect.poll(() => reflector.state()).toEqual({ kind: 'absent' });
    for (let round = 0; round < 2; round++) {
      await plane.client.create(CRDS, crdOf(WIDGETS));
      await expect.poll(() => reflector.state(), { timeout: 15_000 }).toEqual({ kind: 'synced' });
      await plane.client.create(WIDGETS, {
        apiVersion: 'test.example.org/v1',
        kind: 'Widget',
        metadata: { namespace: 'default', name: 'w' },
      });
      await caughtUp();
      expect(held.size).toBe(1);
      await plane.client.delete(CRDS, { name: 'widgets.test.example.org' });
      await expect.poll(() => reflector.state(), { timeout: 15_000 }).toEqual({ kind: 'absent' });
      expect(held.size).toBe(0);
    }
    expect(told.filter((line) => line.startsWith('listed'))).toHaveLength(2);
  });
});
