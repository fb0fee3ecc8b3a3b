import { kindByCollection } from '@quintet/model';
import { type RequestResources, ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  type Channel,
  type Clock,
  type Component,
  createBackoff,
  createClient,
  createFailureLog,
  createQueue,
  errorText,
  type FailureLog,
  type Log,
  MeshError,
  type Queue,
  type Random,
  sleep,
} from '@quintet/runtime';
import { Excused } from './excused.ts';
import type { CollectionChange } from './sink-collection.ts';
import { type SinkAnswer, type SinkNode, SinkState } from './sink-state.ts';
import type { SinkFallback } from './stored/fallback.ts';

/** For channels of sinks: what a source splits at arrives without a pause for permission. */
export const MCP_WINDOW_BYTES = 1024 * 1024;

/** What a sink tells its owner, for metrics and status. */
export type SinkObserver = {
  readonly connected?: () => void;
  readonly disconnected?: (reason: string) => void;
  readonly acknowledged?: (collection: string) => void;
  readonly refused?: (collection: string, reason: string) => void;
};

export type McpSinkOptions = {
  /** Name of the component, e.g. `mcp`. */
  readonly name?: string;
  /** The connection to the source; the sink neither opens nor closes it. Accept 64 MiB: a full set is one message. */
  readonly channel: Channel;
  readonly collections: readonly string[];
  /** Those of the collections that the source need not have: without them they are empty. */
  readonly optional?: readonly string[];
  /** How long to wait for these when all others have been answered, milliseconds; 3000 unless given. */
  readonly optionalPatienceMs?: number;
  readonly node: SinkNode;
  /**
   * Applies a change as a whole. When it throws, the source is told so, and the collection stays as it was; the text
   * of the error goes to the source's log. Changes come one after the other.
   */
  readonly onChange: (change: CollectionChange) => void | Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
  /** For the jitter of reconnecting. */
  readonly random: Random;
  /** Asks for changes only; true unless given. */
  readonly incremental?: boolean;
  /** Waits before reconnecting, milliseconds; 200 growing to 5000 unless given. */
  readonly reconnect?: { readonly initialMs: number; readonly maxMs: number };
  readonly observer?: SinkObserver;
  /** Asked when the source cannot be reached and nothing has come from it yet. */
  readonly fallback?: SinkFallback;
  /**
   * How long after its start the sink waits before it asks the fallback, milliseconds; 2000 unless given. Where the
   * fallback has nothing, the source is given twice as long each time.
   */
  readonly fallbackPatienceMs?: number;
};

/** A sink as a component, which connects again whenever the source is gone. */
export type McpSink = Component & {
  /** Settled when every collection has had its first whole snapshot. Never rejects. */
  readonly synced: Promise<void>;
  isSynced(): boolean;
  isConnected(): boolean;
  /** Whether the configuration is that of the fallback: the source has not said anything yet. */
  isFallback(): boolean;
  /** Version of the snapshot that was applied last, by collection; empty before the first. */
  versions(): ReadonlyMap<string, string>;
};

/** Makes a sink. Throws for collections that are not in the table of kinds: a bug. */
export function createMcpSink(options: McpSinkOptions): McpSink {
  for (const collection of options.collections) {
    if (kindByCollection(collection) === undefined) throw new TypeError(`unknown collection ${collection}`);
  }
  const sink = new Sink(options);
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name: options.name ?? 'mcp-sink',
    synced: sink.synced.promise,
    isSynced: () => sink.isSynced(),
    isConnected: () => sink.connected,
    isFallback: () => sink.fellBack,
    versions: () => sink.state.versions(),
    async start() {
      running = sink.run(stop.signal);
    },
    async stop() {
      stop.abort();
      sink.excused.stop();
      await running;
    },
  };
}

/** A source that is there and has nothing to say yet is not asked again and again. */
const MAX_PATIENCE_MS = 60_000;

/** How a source says that it does not have a collection. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid_argument', 'unimplemented', 'not_found']);

/** How a stream ended, and what the source said if it refused a request. */
type StreamEnd = { readonly reason: string; readonly refusal?: string };

class Sink {
  readonly state: SinkState;
  readonly synced = Promise.withResolvers<void>();
  readonly excused: Excused;
  connected = false;
  fellBack = false;
  /** How long a stream may be silent before the fallback is asked; undefined when it is of no use any more. */
  #patienceMs: number | undefined;
  readonly #options: McpSinkOptions;
  readonly #failures: FailureLog;

  constructor(options: McpSinkOptions) {
    this.#options = options;
    const { log, clock } = options;
    this.#failures = createFailureLog({
      ...{ log, clock },
      failing: 'the stream to the source ended: connecting again',
      recovered: 'the source answers again',
    });
    this.state = new SinkState({ ...options, incremental: options.incremental ?? true });
    this.#patienceMs = options.fallback && (options.fallbackPatienceMs ?? 2000);
    this.excused = new Excused({
      collections: options.collections,
      optional: options.optional ?? [],
      patienceMs: options.optionalPatienceMs ?? 3000,
      clock: options.clock,
      isAnswered: (collection) => this.#isAnswered(collection),
      onExcused: (collections) => {
        options.log.warn({ collections }, 'the source does not have these collections: they are empty');
        if (this.isSynced()) this.synced.resolve();
      },
    });
  }

  isSynced(): boolean {
    return this.#options.collections.every(
      (collection) => this.#isAnswered(collection) || this.excused.has(collection),
    );
  }

  /** Keeps a stream open until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, observer, reconnect = { initialMs: 200, maxMs: 5000 } } = this.#options;
    const backoff = createBackoff({ ...reconnect, random });
    let began = clock.monotonic();
    while (!signal.aborted) {
      const { reason, refusal } = await this.#stream(signal, () => backoff.reset());
      this.connected = false;
      if (signal.aborted) break;
      observer?.disconnected?.(reason);
      this.#failures.failed(reason, { source: this.#options.channel.address });
      if (this.excused.streamEnded({ refusal })) continue;
      if (clock.monotonic() - began >= (this.#patienceMs ?? Number.POSITIVE_INFINITY)) {
        await this.#fallBack();
        began = clock.monotonic();
      }
      await sleep(clock, backoff.next(), signal);
    }
  }

  async #stream(signal: AbortSignal, onFirst: () => void): Promise<StreamEnd> {
    const { channel, log, observer } = this.#options;
    const requests = createQueue<RequestResources>();
    const silent = new AbortController();
    const timer =
      this.#patienceMs === undefined
        ? undefined
        : this.#options.clock.after(this.#patienceMs, () => silent.abort());
    const streamSignal = AbortSignal.any([signal, silent.signal]);
    const ask = this.#asking(requests);
    ask();
    try {
      const client = createClient(ResourceSource, channel);
      for await (const response of client.establishResourceStream(requests, { signal: streamSignal })) {
        if (!this.connected) {
          this.connected = true;
          this.#patienceMs = undefined;
          timer?.cancel();
          onFirst();
          observer?.connected?.();
          this.#failures.succeeded({ source: channel.address });
          log.info({ source: channel.address }, 'connected to the source');
        }
        const answer = await this.state.answer(response);
        this.fellBack = false;
        requests.push(answer.request);
        this.#answered(answer);
        ask();
      }
      return { reason: 'the source ended the stream' };
    } catch (error) {
      if (silent.signal.aborted) return { reason: 'the source says nothing' };
      const reason = errorText(error);
      return error instanceof MeshError && REFUSALS.has(error.code)
        ? { reason, refusal: reason }
        : { reason };
    } finally {
      timer?.cancel();
      requests.end();
    }
  }

  /** Asks for what a stream has not been asked for yet, as often as it is called. */
  #asking(requests: Queue<RequestResources>): () => void {
    const asked = new Set<string>();
    return () => {
      for (const collection of this.#options.collections) {
        if (asked.has(collection) || !this.excused.isAsked(collection)) continue;
        asked.add(collection);
        requests.push(this.state.firstRequest(collection));
      }
    };
  }

  /** Between two streams, so that nothing else is applied meanwhile, and the next one says what is there. */
  async #fallBack(): Promise<void> {
    const { collections, optional = [], fallback, log } = this.#options;
    this.#patienceMs = Math.min(MAX_PATIENCE_MS, 2 * (this.#patienceMs ?? MAX_PATIENCE_MS));
    const stored = await fallback?.load(collections);
    if (stored === undefined) return;
    const found = new Set(stored.map(({ collection }) => collection));
    const missing = collections.filter((name) => !found.has(name) && !optional.includes(name));
    if (missing.length > 0)
      return log.warn({ missing }, 'the stored configuration is incomplete: it is not used');
    try {
      await this.state.seed(stored);
    } catch (error) {
      return log.error({ err: error }, 'the stored configuration cannot be applied');
    }
    this.fellBack = true;
    this.#patienceMs = undefined;
    log.warn(
      { collections: found.size },
      'the source cannot be reached: working with the stored configuration',
    );
    this.excused.excuseAll();
    if (this.isSynced()) this.synced.resolve();
  }

  #answered({ request: { collection }, refusal }: SinkAnswer): void {
    const { observer, log } = this.#options;
    if (refusal === undefined) observer?.acknowledged?.(collection);
    else {
      log.warn({ collection, reason: refusal.message }, 'a response of the source is refused');
      observer?.refused?.(collection, refusal.message);
    }
    this.excused.answered(this.#othersSynced());
    if (this.isSynced()) this.synced.resolve();
  }

  #isAnswered(collection: string): boolean {
    return this.state.get(collection)?.synced === true;
  }

  /** Whether everything that the source must have has been answered. */
  #othersSynced(): boolean {
    const { collections, optional = [] } = this.#options;
    return collections.every((collection) => optional.includes(collection) || this.#isAnswered(collection));
  }
}
