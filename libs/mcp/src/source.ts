import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type RequestResources,
  type ResourceSource,
  ResourcesSchema,
} from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  type CallContext,
  type Clock,
  createQueue,
  createRateLimit,
  type Encoded,
  type Log,
  MeshError,
  type Queue,
  type RateLimit,
  type ServiceImpl,
} from '@quintet/runtime';
import type { Snapshots } from './snapshots.ts';
import { decideRequest, nextResponse, type Watch } from './source-decide.ts';

/** What a source tells its owner, for metrics and status. */
export type SourceObserver = {
  readonly streamOpened?: (peer: string) => void;
  readonly streamClosed?: (peer: string) => void;
  readonly sent?: (collection: string, bytes: number) => void;
  readonly acknowledged?: (collection: string) => void;
  readonly refused?: (collection: string, reason: string) => void;
};

export type McpSourceOptions = {
  readonly snapshots: Snapshots;
  readonly log: Log;
  readonly clock: Clock;
  /** Hands out changes only to sinks that ask for them; true unless given. */
  readonly incremental?: boolean;
  /** Where a response with changes is split, bytes; 1 MiB unless given. */
  readonly splitBytes?: number;
  /** New streams of all sinks together, and refusals of one stream; 1 a second and 100 at once unless given. */
  readonly limits?: { readonly perSecond: number; readonly burst: number };
  readonly observer?: SourceObserver;
};

/** The handlers of `istio.mcp.v1alpha1.ResourceSource`, to be added to a gRPC server. */
export function createMcpSource(options: McpSourceOptions): ServiceImpl<typeof ResourceSource> {
  const { clock, limits = { perSecond: 1, burst: 100 }, observer } = options;
  const newStreams = createRateLimit({ clock, ...limits });
  return {
    async *establishResourceStream(requests, call) {
      if (!newStreams.take())
        throw new MeshError('resource_exhausted', 'too many new streams: try again later');
      const out = createQueue<Encoded>();
      const refusals = createRateLimit({ clock, ...limits });
      const stream = new SourceStream({ ...options, call, out, refusals });
      const unwatch = options.snapshots.watch(() => stream.sendAll());
      call.signal.addEventListener('abort', () => out.end(), { once: true });
      if (call.signal.aborted) out.end();
      observer?.streamOpened?.(call.peer);
      void stream.read(requests);
      try {
        yield* out;
      } finally {
        unwatch();
        observer?.streamClosed?.(call.peer);
      }
    },
  };
}

type StreamOptions = McpSourceOptions & {
  readonly call: CallContext;
  readonly out: Queue<Encoded>;
  readonly refusals: RateLimit;
};

/** One stream: one watch a collection, one response without an answer a watch. */
class SourceStream {
  readonly #options: StreamOptions;
  readonly #log: Log;
  readonly #watches = new Map<string, Watch>();
  #nonce = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    const { peer, identity } = options.call;
    this.#log = options.log.child({ peer, ...(identity && { identity: identity.spiffeId }) });
  }

  /** Takes requests until the sink ends the stream. Never rejects. */
  async read(requests: AsyncIterable<RequestResources>): Promise<void> {
    const { out } = this.#options;
    try {
      for await (const request of requests) this.#take(request);
      out.end();
    } catch (error) {
      out.fail(error);
    }
  }

  /** Sends what there is to say about every collection. */
  sendAll(): void {
    for (const collection of this.#watches.keys()) this.#send(collection);
  }

  #take(request: RequestResources): void {
    const { snapshots, incremental = true, refusals, observer } = this.#options;
    const { collection } = request;
    const known = snapshots.collections.has(collection);
    const verdict = decideRequest(this.#watches.get(collection), request, { known, incremental });
    switch (verdict.kind) {
      case 'unknown-collection':
        throw new MeshError('invalid_argument', `unknown collection "${collection}"`);
      case 'stale':
        this.#log.debug({ collection, nonce: request.responseNonce }, 'a stale request is ignored');
        return;
      case 'nack':
        this.#log.warn({ collection, reason: verdict.reason }, 'the sink refused a response');
        observer?.refused?.(collection, verdict.reason);
        if (!refusals.take()) throw new MeshError('resource_exhausted', 'too many refusals on one stream');
        break;
      case 'ack':
        observer?.acknowledged?.(collection);
        break;
      case 'open':
        this.#log.debug({ collection, incremental: verdict.watch.incremental }, 'a sink watches');
    }
    this.#watches.set(collection, verdict.watch);
    this.#send(collection);
  }

  #send(collection: string): void {
    const watch = this.#watches.get(collection);
    if (watch === undefined) return;
    const { snapshots, splitBytes = 1024 * 1024, out, observer } = this.#options;
    const nonce = String(this.#nonce + 1);
    const next = nextResponse(watch, snapshots.get(collection), { nonce, splitBytes });
    if (next === undefined) return;
    this.#nonce += 1;
    this.#watches.set(collection, next.watch);
    const { version, resources, removed, incremental } = next.content;
    const response: MessageInitShape<typeof ResourcesSchema> = {
      systemVersionInfo: version,
      collection,
      resources: [...resources],
      removedResources: [...removed],
      nonce,
      incremental,
    };
    const encoded = toBinary(ResourcesSchema, create(ResourcesSchema, response));
    out.push({ encoded });
    observer?.sent?.(collection, encoded.length);
  }
}
