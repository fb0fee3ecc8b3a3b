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

/** Applying what came takes a sink milliseconds; one that says nothing for so long is stuck. */
export const DEFAULT_ANSWER_MS = 60_000;

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
  /** How long a sink may leave a response without an answer, milliseconds; a minute unless given. */
  readonly answerMs?: number;
  readonly observer?: SourceObserver;
};

/** The handlers of `istio.mcp.v1alpha1.ResourceSource`, to be added to a gRPC server. */
export function createMcpSource(options: McpSourceOptions): ServiceImpl<typeof ResourceSource> {
  const { snapshots, clock, limits = DEFAULT_SOURCE_LIMITS, incremental = true, observer = {} } = options;
  const { answerMs = DEFAULT_ANSWER_MS } = options;
  const newStreams = createRateLimit({ clock, ...limits });
  return {
    async *establishResourceStream(requests, call) {
      if (!newStreams.take())
        throw new MeshError('resource_exhausted', 'too many new streams: try again later');
      const { peer, identity, signal } = call;
      const out = createQueue<Encoded>({ limit: snapshots.collections.size + REOPENED });
      const log = options.log.child({ peer, ...(identity && { identity: identity.spiffeId }) });
      const refusals = createRateLimit({ clock, ...limits });
      const onStuck = (error: MeshError) => out.fail(error);
      const shared = { snapshots, log, incremental, refusals, out, observer };
      const stream = new SourceStream({ ...shared, clock, answerMs, onStuck });
      observer.streamOpened?.(peer);
      const end = { over: false };
      const onAbort = (): void => {
        if (!end.over) observer.receiveFailed?.('cancelled');
        end.over = true;
        out.end();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      void read(stream, requests, { out, observer, end });
      try {
        yield* out;
        end.over = true;
      } catch (error) {
        end.over = true;
        throw error;
      } finally {
        out.end();
        // The reader of the responses gave up before their end: the transport took nothing for too long.
        if (!end.over) observer.sendFailed?.('resource_exhausted');
        end.over = true;
        observer.streamClosed?.(peer);
      }
    },
  };
}

type Reading = {
  readonly out: Queue<Encoded>;
  readonly observer: SourceObserver;
  /** Whether it is known already how the stream ended. */
  readonly end: { over: boolean };
};

/** Takes the requests of a stream; ends its responses when there are no more. Never rejects. */
async function read(
  stream: SourceStream,
  requests: AsyncIterable<RequestResources>,
  { out, observer, end }: Reading,
): Promise<void> {
  try {
    await stream.read(requests);
    end.over = true;
    out.end();
  } catch (error) {
    // What the stream itself throws is an answer to the sink; anything else is what came, or did not come, from it.
    if (!end.over && !(error instanceof MeshError)) observer.receiveFailed?.('unknown');
    end.over = true;
    out.fail(error);
  }
}
