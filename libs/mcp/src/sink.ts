import { create } from '@bufbuild/protobuf';
import { type ConfigObject, kindByCollection } from '@quintet/model';
import {
  type RequestResources,
  RequestResourcesSchema,
  ResourceSource,
  type Resources,
} from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
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
  grpcStatus,
  type Log,
  MeshError,
  type Queue,
  type Random,
  sleep,
} from '@quintet/runtime';
import { Excused } from './excused.ts';
import { fromResource, resourceName } from './resource.ts';
import {
  type CollectionChange,
  decideResponse,
  EMPTY_COLLECTION,
  type SinkCollection,
} from './sink-decide.ts';

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
  /** Who asks: an id and whatever else is good to know in the source's log. */
  readonly node: { readonly id: string; readonly annotations?: Readonly<Record<string, string>> };
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
};

/** A sink as a component, which connects again whenever the source is gone. */
export type McpSink = Component & {
  /** Settled when every collection has had its first whole snapshot. Never rejects. */
  readonly synced: Promise<void>;
  isSynced(): boolean;
  isConnected(): boolean;
  /** Version of the snapshot that was applied last, by collection; empty before the first. */
  versions(): ReadonlyMap<string, string>;
};

/** The refusal of a response: status code and text. */
type Refusal = { readonly code: number; readonly message: string };

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
    versions: () => new Map([...sink.states].map(([collection, state]) => [collection, state.version])),
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

/** How a source says that it does not have a collection. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid_argument', 'unimplemented', 'not_found']);

class Sink {
  readonly states: Map<string, SinkCollection>;
  readonly synced = Promise.withResolvers<void>();
  readonly excused: Excused;
  connected = false;
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
    this.states = new Map(options.collections.map((collection) => [collection, EMPTY_COLLECTION]));
    this.excused = new Excused({
      optional: options.optional ?? [],
      patienceMs: options.optionalPatienceMs ?? 3000,
      clock: options.clock,
      isAnswered: (collection) => this.states.get(collection)?.synced === true,
      onExcused: (collections) => {
        options.log.warn({ collections }, 'the source does not have these collections: they are empty');
        if (this.isSynced()) this.synced.resolve();
      },
    });
  }

  isSynced(): boolean {
    return [...this.states].every(([collection, state]) => state.synced || this.excused.has(collection));
  }

  /** Keeps a stream open until the signal. A bug in `onChange` is refused like a bad resource and logged. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, observer, reconnect = { initialMs: 200, maxMs: 5000 } } = this.#options;
    const backoff = createBackoff({ ...reconnect, random });
    while (!signal.aborted) {
      const { reason, refused } = await this.#stream(signal, () => backoff.reset());
      this.connected = false;
      if (signal.aborted) break;
      observer?.disconnected?.(reason);
      this.#failures.failed(reason, { source: this.#options.channel.address });
      if (!this.excused.streamEnded({ refused })) await sleep(clock, backoff.next(), signal);
    }
  }

  /** One stream; says why it ended, and whether the source refused a request. */
  async #stream(
    signal: AbortSignal,
    onFirst: () => void,
  ): Promise<{ readonly reason: string; readonly refused: boolean }> {
    const requests = createQueue<RequestResources>();
    for (const collection of this.states.keys()) {
      if (this.excused.isAsked(collection)) requests.push(this.#firstRequest(collection));
    }
    try {
      const client = createClient(ResourceSource, this.#options.channel);
      for await (const response of client.establishResourceStream(requests, { signal })) {
        if (!this.connected) {
          this.connected = true;
          onFirst();
          this.#options.observer?.connected?.();
          this.#failures.succeeded({ source: this.#options.channel.address });
          this.#options.log.info({ source: this.#options.channel.address }, 'connected to the source');
        }
        await this.#take(response, requests);
      }
      return { reason: 'the source ended the stream', refused: false };
    } catch (error) {
      const refused = error instanceof MeshError && REFUSALS.has(error.code);
      return { reason: errorText(error), refused };
    } finally {
      requests.end();
    }
  }

  #firstRequest(collection: string): RequestResources {
    const { node, incremental = true } = this.#options;
    const state = this.states.get(collection) ?? EMPTY_COLLECTION;
    const versions = incremental ? Object.fromEntries(state.acknowledged) : {};
    return create(RequestResourcesSchema, {
      sinkNode: { id: node.id, annotations: { ...node.annotations } },
      collection,
      initialResourceVersions: versions,
      incremental,
    });
  }

  async #take(response: Resources, requests: Queue<RequestResources>): Promise<void> {
    const { collection, nonce } = response;
    const { node, incremental = true, observer, log } = this.#options;
    const refusal = await this.#apply(response);
    requests.push(
      create(RequestResourcesSchema, {
        sinkNode: { id: node.id, annotations: { ...node.annotations } },
        collection,
        responseNonce: nonce,
        incremental,
        ...(refusal && { errorDetail: refusal }),
      }),
    );
    if (refusal === undefined) observer?.acknowledged?.(collection);
    else {
      log.warn({ collection, reason: refusal.message }, 'a response of the source is refused');
      observer?.refused?.(collection, refusal.message);
    }
    this.excused.answered(this.#othersSynced());
    if (this.isSynced()) this.synced.resolve();
  }

  /** Whether everything that the source must have has been answered. */
  #othersSynced(): boolean {
    const { collections, optional = [] } = this.#options;
    return collections.every(
      (collection) => optional.includes(collection) || this.states.get(collection)?.synced === true,
    );
  }

  /** Applies a response as a whole, or says why not. */
  async #apply(response: Resources): Promise<Refusal | undefined> {
    const state = this.states.get(response.collection);
    if (state === undefined) {
      return { code: grpcStatus.UNIMPLEMENTED, message: `unknown collection "${response.collection}"` };
    }
    try {
      const objects = new Map<string, ConfigObject>();
      for (const resource of response.resources) {
        const object = fromResource(response.collection, resource);
        objects.set(resourceName(object), object);
      }
      const { next, change } = decideResponse(state, { response, objects });
      if (change !== undefined) await this.#options.onChange(change);
      this.states.set(response.collection, next);
      return undefined;
    } catch (error) {
      if (!(error instanceof MeshError)) {
        this.#options.log.error({ err: error, collection: response.collection }, 'applying a change failed');
      }
      return { code: grpcStatus.INVALID_ARGUMENT, message: errorText(error) };
    }
  }
}
