import { GATEWAY } from '@quintet/model';
import { type RequestResources, ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  createChannel,
  createClient,
  createGrpcServer,
  createQueue,
  type GrpcServer,
  type ServiceImpl,
  silentLog,
  systemClock,
} from '@quintet/runtime';
import { createMcpSink, type McpSinkOptions } from '../sink.ts';
import type { CollectionChange } from '../sink-collection.ts';
import { createSnapshots, type Snapshots } from '../snapshots/snapshots.ts';
import { createMcpSource, type McpSourceOptions } from '../source.ts';
import { RULES, type rule } from '../testing-objects.ts';

export const GATEWAYS = GATEWAY.collection;

/** Rules and gateways, complete. */
export function snapshotsOf(...objects: ReturnType<typeof rule>[]): Snapshots {
  const snapshots = createSnapshots([RULES, GATEWAYS]);
  snapshots.publish(objects);
  return snapshots;
}

/** Sources and sinks over a real connection; what ends them is added to `cleanups`. */
export function createPeers(cleanups: (() => unknown)[]) {
  /** Our source. */
  const serve = (
    snapshots: Snapshots,
    options: Partial<McpSourceOptions> = {},
    port = 0,
  ): Promise<GrpcServer> =>
    serveStream(createMcpSource({ snapshots, log: silentLog, clock: systemClock, ...options }), port);

  /** A source of the test's own. */
  const serveStream = async (source: ServiceImpl<typeof ResourceSource>, port = 0): Promise<GrpcServer> => {
    const server = createGrpcServer({ name: 'mcp', address: `127.0.0.1:${port}`, log: silentLog });
    server.add(ResourceSource, source);
    await server.start?.();
    cleanups.push(() => server.stop?.(AbortSignal.abort()));
    return server;
  };

  /** Our sink, which keeps what it is told: `next` has every change in order, `refusals` what it refused. */
  const subscribe = async (port: number, options: Partial<McpSinkOptions> = {}) => {
    const changes = createQueue<CollectionChange>();
    const refusals = createQueue<string>();
    const channel = createChannel({ address: `127.0.0.1:${port}` });
    const sink = createMcpSink({
      channel,
      collections: [RULES, GATEWAYS],
      node: { id: 'test' },
      onChange: (change) => changes.push(change),
      log: silentLog,
      clock: systemClock,
      random: () => 0.5,
      reconnect: { initialMs: 5, maxMs: 20 },
      observer: { refused: (_collection, reason) => refusals.push(reason) },
      ...options,
    });
    cleanups.push(channel.close, () => sink.stop?.(AbortSignal.abort()));
    await sink.start?.();
    const reader = changes[Symbol.asyncIterator]();
    const next = async (): Promise<string> => {
      const { value }: IteratorResult<CollectionChange, undefined> = await reader.next();
      return value === undefined ? 'ended' : spell(value);
    };
    return { sink, next, refusals: refusals[Symbol.asyncIterator]() };
  };

  /** A stream to a source, whose requests the test writes by hand. */
  const open = (port: number) => {
    const channel = createChannel({ address: `127.0.0.1:${port}` });
    const requests = createQueue<RequestResources>();
    cleanups.push(channel.close, requests.end);
    const responses = createClient(ResourceSource, channel).establishResourceStream(requests);
    return { requests, responses: responses[Symbol.asyncIterator]() };
  };

  return { serve, serveStream, subscribe, open };
}

const SHORT: ReadonlyMap<string, string> = new Map([
  [RULES, 'rules'],
  [GATEWAYS, 'gateways'],
]);

function spell({ collection, full, updated, removed }: CollectionChange): string {
  const names = updated.map((object) => object.name).join();
  return `${SHORT.get(collection) ?? collection} ${full ? 'full' : 'delta'} [${names}] -[${removed.join()}]`;
}
