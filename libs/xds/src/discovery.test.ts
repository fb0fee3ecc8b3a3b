import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import { createChannel, createClient, createGrpcServer, createQueue, silentLog } from '@quintet/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { createDiscovery, type DiscoveryOptions } from './discovery.ts';
import type { Attachment, Peer, Refusal } from './source.ts';
import { worldSet } from './testing/wire.ts';
import { CLUSTER_TYPE, ENDPOINT_TYPE } from './type-urls.ts';
import type { WireSet } from './wire-set.ts';

/** A source whose set can be changed. */
function createFakeSource(refusal?: Refusal) {
  let set: WireSet | undefined;
  const listeners = new Set<() => void>();
  const peers: Peer[] = [];
  return {
    peers,
    open: listeners,
    publish(next: WireSet) {
      set = next;
      for (const changed of listeners) changed();
    },
    attach(peer: Peer): Attachment | Refusal {
      peers.push(peer);
      if (refusal !== undefined) return refusal;
      return {
        current: () => set,
        subscribe(changed) {
          listeners.add(changed);
          return () => listeners.delete(changed);
        },
      };
    },
  };
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect(options: DiscoveryOptions) {
  const server = createGrpcServer({ name: 'xds', address: 'tcp://127.0.0.1:0', log: silentLog });
  const discovery = createDiscovery(options);
  server.add(AggregatedDiscoveryService, discovery.aggregated);
  await server.start?.();
  const channel = createChannel({ address: `tcp://127.0.0.1:${server.port()}` });
  const client = createClient(AggregatedDiscoveryService, channel);
  const stop = new AbortController();
  cleanups.push(async () => {
    stop.abort();
    channel.close();
    await server.stop?.(AbortSignal.timeout(2000));
  });
  return { discovery, client, signal: stop.signal, server };
}

async function take<T>(responses: AsyncIterator<T>): Promise<T> {
  const result = await responses.next();
  if (result.done === true) throw new Error('the stream ended');
  return result.value;
}

const node = { id: 'sidecar~1.2.3.4~a.b~b.svc.cluster.local' };

describe('createDiscovery', () => {
  it('serves state of the world: nothing before the first set, then every change until the client goes', async () => {
    const source = createFakeSource();
    const { client, discovery, signal } = await connect({ source });
    const requests = createQueue<MessageInitShape<typeof DiscoveryRequestSchema>>();
    requests.push({ node, typeUrl: CLUSTER_TYPE });
    const responses = client.streamAggregatedResources(requests, { signal })[Symbol.asyncIterator]();
    const first = take(responses);
    await expect.poll(() => discovery.streams().map(({ id }) => id)).toEqual([`${node.id}-1`]);
    expect(discovery.streams()[0]?.status()[0]).toMatchObject({ typeUrl: CLUSTER_TYPE, sentNonce: '' });
    source.publish(worldSet({ clusters: { a: '1' } }));
    const value = await first;
    expect(value).toMatchObject({ typeUrl: CLUSTER_TYPE, versionInfo: expect.any(String) });
    requests.push({
      typeUrl: CLUSTER_TYPE,
      responseNonce: value.nonce,
      versionInfo: value.versionInfo,
    });
    requests.push({ typeUrl: ENDPOINT_TYPE, resourceNames: ['a'] });
    expect(await take(responses)).toMatchObject({ typeUrl: ENDPOINT_TYPE });
    source.publish(worldSet({ clusters: { a: '1', b: '1' } }));
    const second = await take(responses);
    expect(second.resources).toHaveLength(2);
    expect(discovery.streams()[0]?.status()[0]?.ackedNonce).toBe(value.nonce);
    requests.end();
    expect((await responses.next()).done).toBe(true);
    await expect.poll(() => discovery.streams()).toEqual([]);
    expect(source.open.size).toBe(0);
  });

  it('serves the incremental form', async () => {
    const source = createFakeSource();
    source.publish(worldSet({ clusters: { a: '1', b: '1' } }));
    const { client, signal } = await connect({ source });
    const requests = createQueue<MessageInitShape<typeof DeltaDiscoveryRequestSchema>>();
    requests.push({ node, typeUrl: CLUSTER_TYPE });
    const responses = client.deltaAggregatedResources(requests, { signal })[Symbol.asyncIterator]();
    const first = await take(responses);
    expect(first.resources.map(({ name }) => name)).toEqual(['a', 'b']);
    requests.push({ typeUrl: CLUSTER_TYPE, responseNonce: first.nonce });
    source.publish(worldSet({ clusters: { b: '2' } }));
    const second = await take(responses);
    expect(second.resources.map(({ name, version }) => [name, version])).toEqual([['b', '2']]);
    expect(second.removedResources).toEqual(['a']);
  });

  it('ends a stream that the source refuses, with its reason', async () => {
    const source = createFakeSource({ refused: { code: 'permission_denied', message: 'not you' } });
    const { client, signal } = await connect({ source });
    const requests = createQueue<MessageInitShape<typeof DiscoveryRequestSchema>>();
    requests.push({ node, typeUrl: CLUSTER_TYPE });
    const responses = client.streamAggregatedResources(requests, { signal })[Symbol.asyncIterator]();
    await expect(responses.next()).rejects.toMatchObject({
      code: 'permission_denied',
      message: expect.stringContaining('not you'),
    });
  });

  it('wants a node in the first request', async () => {
    const { client, signal } = await connect({ source: createFakeSource() });
    const requests = createQueue<MessageInitShape<typeof DiscoveryRequestSchema>>();
    requests.push(create(DiscoveryRequestSchema, { typeUrl: CLUSTER_TYPE }));
    const responses = client.streamAggregatedResources(requests, { signal })[Symbol.asyncIterator]();
    await expect(responses.next()).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('ends a stream that subscribes to too much', async () => {
    const source = createFakeSource();
    const { client, signal } = await connect({ source, limits: { maxSubscriptions: 2 } });
    const requests = createQueue<MessageInitShape<typeof DeltaDiscoveryRequestSchema>>();
    const names = ['a', 'b', 'c'];
    requests.push(
      create(DeltaDiscoveryRequestSchema, { node, typeUrl: ENDPOINT_TYPE, resourceNamesSubscribe: names }),
    );
    const responses = client.deltaAggregatedResources(requests, { signal })[Symbol.asyncIterator]();
    await expect(responses.next()).rejects.toMatchObject({ code: 'resource_exhausted' });
  });

  it('ends its streams when the server stops', async () => {
    const source = createFakeSource();
    source.publish(worldSet({}));
    const { client, server, discovery, signal } = await connect({ source });
    const requests = createQueue<MessageInitShape<typeof DiscoveryRequestSchema>>();
    requests.push({ node, typeUrl: CLUSTER_TYPE });
    const responses = client.streamAggregatedResources(requests, { signal })[Symbol.asyncIterator]();
    await responses.next();
    const end = expect(responses.next()).rejects.toMatchObject({ code: 'unavailable' });
    await server.stop?.(AbortSignal.timeout(2000));
    await end;
    expect(discovery.streams()).toEqual([]);
  });
});
