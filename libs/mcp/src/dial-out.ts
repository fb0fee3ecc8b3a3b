import { Metadata } from '@grpc/grpc-js';
import { ResourceSink } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  type Channel,
  type Clock,
  type Component,
  createBackoff,
  createClient,
  createQueue,
  createRateLimit,
  type Encoded,
  errorText,
  type Log,
  MeshError,
  type Random,
  sleep,
} from '@quintet/runtime';
import { encodeResponse, withNonce } from './snapshots/encode.ts';
import type { Snapshots } from './snapshots/snapshots.ts';
import { DEFAULT_ANSWER_MS, DEFAULT_SOURCE_LIMITS, REOPENED, type SourceLimits } from './source.ts';
import { type SourceObserver, SourceStream } from './source-stream.ts';
import { TRIGGER_COLLECTION } from './trigger.ts';

/** What a dial-out tells its owner besides what any source tells. */
export type DialOutObserver = SourceObserver & {
  /** The stream ended and is opened again; `code` says why in gRPC's words. */
  readonly reconnecting?: (code: string) => void;
};

export type McpDialOutOptions = {
  /** The connection to the sink; closed when the component stops. */
  readonly channel: Channel;
  readonly snapshots: Snapshots;
  /** Sent along with each stream. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly log: Log;
  readonly clock: Clock;
  /** For the jitter of reconnecting. */
  readonly random: Random;
  /** Hands out changes only to a sink that asks for them; true unless given. */
  readonly incremental?: boolean;
  /** Refusals of one stream; 1 a second and 100 at once unless given. */
  readonly limits?: SourceLimits;
  /** How long the sink may leave a response without an answer, milliseconds; a minute unless given. */
  readonly answerMs?: number;
  /** Waits before reconnecting, milliseconds; 200 growing to 5000 unless given. */
  readonly reconnect?: { readonly initialMs: number; readonly maxMs: number };
  readonly observer?: DialOutObserver;
};

/** A source that opens the stream itself, to a `ResourceSink`, and again whenever it is gone. */
export type McpDialOut = Component & { isConnected(): boolean };

export function createMcpDialOut(options: McpDialOutOptions): McpDialOut {
  const dialOut = new DialOut(options);
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name: 'mcp-dial-out',
    isConnected: () => dialOut.connected,
    async start() {
      running = dialOut.run(stop.signal);
    },
    async stop() {
      stop.abort();
      await running;
      options.channel.close();
    },
  };
}

class DialOut {
  connected = false;
  readonly #options: McpDialOutOptions;

  constructor(options: McpDialOutOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { channel, clock, log, random, observer = {} } = this.#options;
    const { reconnect = { initialMs: 200, maxMs: 5000 } } = this.#options;
    const backoff = createBackoff({ ...reconnect, random });
    while (!signal.aborted) {
      const error = await this.#stream(signal, () => backoff.reset());
      if (this.connected) observer.streamClosed?.(channel.address);
      this.connected = false;
      if (signal.aborted) return;
      const code = error instanceof MeshError ? error.code : 'ok';
      observer.reconnecting?.(code);
      log.warn(
        { sink: channel.address, reason: errorText(error) },
        'the stream to the sink ended: connecting again',
      );
      await sleep(clock, backoff.next(), signal);
    }
  }

  /** One stream; resolves with why it ended. */
  async #stream(signal: AbortSignal, onFirst: () => void): Promise<unknown> {
    const { snapshots, channel, clock, observer = {}, limits = DEFAULT_SOURCE_LIMITS, log } = this.#options;
    const out = createQueue<Encoded>({ limit: snapshots.collections.size + REOPENED });
    const stuck = new AbortController();
    const stream = new SourceStream({
      snapshots,
      out,
      observer,
      incremental: this.#options.incremental ?? true,
      refusals: createRateLimit({ clock, ...limits }),
      clock,
      answerMs: this.#options.answerMs ?? DEFAULT_ANSWER_MS,
      onStuck: (error) => stuck.abort(error),
      log: log.child({ sink: channel.address }),
    });
    // Some servers learn of a stream only by its first message.
    out.push({ encoded: TRIGGER });
    const requests = createClient(ResourceSink, channel).establishResourceStream(out, {
      signal: AbortSignal.any([signal, stuck.signal]),
      metadata: metadataOf(this.#options.metadata ?? {}),
    });
    try {
      await stream.read(this.#observed(requests, onFirst));
      return new MeshError('unavailable', 'the sink ended the stream');
    } catch (error) {
      if (stuck.signal.aborted) return stuck.signal.reason;
      if (!signal.aborted && this.connected) {
        observer.receiveFailed?.(error instanceof MeshError ? error.code : 'unknown');
      }
      return error;
    } finally {
      out.end();
    }
  }

  async *#observed<T>(requests: AsyncIterable<T>, onFirst: () => void): AsyncGenerator<T, void, void> {
    const { channel, log, observer } = this.#options;
    for await (const request of requests) {
      if (!this.connected) {
        this.connected = true;
        onFirst();
        observer?.streamOpened?.(channel.address);
        log.info({ sink: channel.address }, 'connected to the sink');
      }
      yield request;
    }
  }
}

const TRIGGER = withNonce(
  encodeResponse({
    collection: TRIGGER_COLLECTION,
    version: '',
    incremental: false,
    resources: [],
    removed: [],
  }),
  '',
);

function metadataOf(fields: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(fields)) metadata.add(key, value);
  return metadata;
}
