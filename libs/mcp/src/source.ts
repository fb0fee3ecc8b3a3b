import type { RequestResources, ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  type Clock,
  createQueue,
  createRateLimit,
  type Encoded,
  type Log,
  MeshError,
  type Queue,
  type ServiceImpl,
} from '@quintet/runtime';
import type { Snapshots } from './snapshots/snapshots.ts';
import { type SourceObserver, SourceStream } from './source-stream.ts';

/** Tokens of a rate limit: so many a second, and so many at once. */
export type SourceLimits = { readonly perSecond: number; readonly burst: number };

export const DEFAULT_SOURCE_LIMITS: SourceLimits = { perSecond: 1, burst: 100 };

/** How many responses to collections asked for anew may wait beside one for each collection. */
export const REOPENED = 16;

export type McpSourceOptions = {
  readonly snapshots: Snapshots;
  readonly log: Log;
  readonly clock: Clock;
  /** Hands out changes only to sinks that ask for them; true unless given. */
  readonly incremental?: boolean;
  /** New streams of all sinks together, and refusals of one stream; 1 a second and 100 at once unless given. */
  readonly limits?: SourceLimits;
  readonly observer?: SourceObserver;
};

/** The handlers of `istio.mcp.v1alpha1.ResourceSource`, to be added to a gRPC server. */
export function createMcpSource(options: McpSourceOptions): ServiceImpl<typeof ResourceSource> {
  const { snapshots, clock, limits = DEFAULT_SOURCE_LIMITS, incremental = true, observer = {} } = options;
  const newStreams = createRateLimit({ clock, ...limits });
  return {
    async *establishResourceStream(requests, call) {
      if (!newStreams.take())
        throw new MeshError('resource_exhausted', 'too many new streams: try again later');
      const { peer, identity, signal } = call;
      const out = createQueue<Encoded>({ limit: snapshots.collections.size + REOPENED });
      const log = options.log.child({ peer, ...(identity && { identity: identity.spiffeId }) });
      const refusals = createRateLimit({ clock, ...limits });
      const stream = new SourceStream({ snapshots, log, incremental, refusals, out, observer });
      observer.streamOpened?.(peer);
      signal.addEventListener('abort', () => out.end(), { once: true });
      if (signal.aborted) out.end();
      const end = { taken: false };
      void read(stream, requests, { out, signal, observer, end });
      try {
        yield* out;
        end.taken = true;
      } catch (error) {
        end.taken = true;
        throw error;
      } finally {
        out.end();
        // The reader of the responses gave up before their end: the sink took nothing for too long.
        if (!end.taken && !signal.aborted) observer.sendFailed?.('resource_exhausted');
        end.taken = true;
        observer.streamClosed?.(peer);
      }
    },
  };
}

type Reading = {
  readonly out: Queue<Encoded>;
  readonly signal: AbortSignal;
  readonly observer: SourceObserver;
  /** Whether the responses have ended already. */
  readonly end: { readonly taken: boolean };
};

/** Takes the requests of a stream; ends its responses when there are no more. Never rejects. */
async function read(
  stream: SourceStream,
  requests: AsyncIterable<RequestResources>,
  { out, signal, observer, end }: Reading,
): Promise<void> {
  try {
    await stream.read(requests);
    if (signal.aborted && !end.taken) observer.receiveFailed?.('cancelled');
    out.end();
  } catch (error) {
    // What the stream itself throws is an answer to the sink; anything else is what came, or did not come, from it.
    if (!(error instanceof MeshError)) observer.receiveFailed?.('unknown');
    out.fail(error);
  }
}
