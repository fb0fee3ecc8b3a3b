import { createKubeClient, type VersionedType } from '@quintet/kube';
import { createFakeApiServer, type FakeApiServer } from '@quintet/kube/testing';
import { silentLog, systemClock } from '@quintet/runtime';
import { afterEach, expect, it } from 'vitest';
import { createClusterFeed } from './cluster-feed.ts';
import { nativeKinds } from './kinds-to-read.ts';
import { createRemoteClusters } from './remote-clusters.ts';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const CORE: readonly VersionedType[] = nativeKinds(
  { serviceDiscovery: true, analysis: false, excluded: [] },
  'remote',
).map(({ type }) => type);
const SECRETS = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', scope: 'namespace' } as const;

async function serve(): Promise<FakeApiServer> {
  const types = CORE.map(({ versions: [version = ''], ...type }) => ({ ...type, version }));
  const server = await createFakeApiServer([...types, SECRETS]);
  ending.push(server.close);
  return server;
}

/** Follows the clusters that the Secrets of `local` name; a "kubeconfig" is a name of `servers`, or leads nowhere. */
async function follow(local: FakeApiServer, servers: Readonly<Record<string, FakeApiServer>>) {
  const times = { clock: systemClock, random: () => 0.5, times: {} };
  const client = (access = local.access) =>
    createKubeClient({ access, clock: systemClock, userAgent: 'quintet-galley/test' });
  const nowhere = { ...local.access, server: new URL('http://127.0.0.1:1') };
  const known = new Set<string>();
  const started: string[] = [];
  const remotes = createRemoteClusters({
    ...{ ...times, client: client(), namespace: 'istio-system', log: silentLog },
    createFeed({ kubeconfig }, wiring) {
      started.push(kubeconfig);
      return createClusterFeed({
        ...{ ...times, ...wiring, source: 'kube/east', quietMs: 1, maxMs: 10, observer: {} },
        client: client(servers[kubeconfig]?.access ?? nowhere),
        kinds: nativeKinds({ serviceDiscovery: true, analysis: false, excluded: [] }, 'remote'),
        onBatch({ put, removed }) {
          for (const { key } of put) known.add(key);
          for (const key of removed) known.delete(key);
        },
      });
    },
    onGone(_, keys) {
      for (const key of keys) known.delete(key);
    },
    onIssues: () => {},
    onProgress: () => {},
  });
  await remotes.start();
  ending.push(() => remotes.stop());
  return { known, started };
}

const secret = (kubeconfig: string) => ({
  metadata: { namespace: 'istio-system', name: 'east', labels: { 'istio/multiCluster': 'true' } },
  data: { east: Buffer.from(kubeconfig).toString('base64') },
});

const service = (name: string) => ({ metadata: { namespace: 'shop', name }, spec: { ports: [] } });

it('what a cluster gave stays while its new kubeconfig leads nowhere, and goes with the next or with its Secret', async () => {
  const [local, first, second] = [await serve(), await serve(), await serve()];
  first.put('services', service('a'));
  second.put('services', service('b'));
  local.put('secrets', secret('first'));
  const { known, started } = await follow(local, { first, second });
  await expect.poll(() => [...known]).toEqual(['Service/shop/a']);
  local.put('secrets', secret('nowhere'));
  await expect.poll(() => started).toEqual(['first', 'nowhere']);
  expect([...known]).toEqual(['Service/shop/a']);
  local.put('secrets', secret('second'));
  await expect.poll(() => [...known]).toEqual(['Service/shop/b']);
  local.put('secrets', secret('nowhere'));
  await expect.poll(() => started).toHaveLength(4);
  local.remove('secrets', 'istio-system/east');
  await expect.poll(() => [...known]).toEqual([]);
});
