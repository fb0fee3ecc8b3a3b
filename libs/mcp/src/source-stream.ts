import type { RequestResources } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  type Clock,
  type Encoded,
  type Log,
  MeshError,
  type Queue,
  type RateLimit,
  type Timer,
} from '@quintet/runtime';
import { withNonce } from './snapshots/encode.ts';
import type { Snapshots } from './snapshots/snapshots.ts';
import { decideRequest, nextPlan, type PendingResponse, type Watch } from './source-decide.ts';
import { TRIGGER_COLLECTION } from './trigger.ts';

/** What a source tells its owner, for metrics and status. `peer` is the address of the sink. */
export type SourceObserver = {
  readonly streamOpened?: (peer: string) => void;
  readonly streamClosed?: (peer: string) => void;
  readonly sent?: (collection: string, bytes: number) => void;
  readonly acknowledged?: (collection: string) => void;
  readonly refused?: (collection: string, reason: string) => void;
  /** A stream ended because the sink went without a word, or sent what cannot be read. */
  readonly receiveFailed?: (code: string) => void;
  /** A stream ended because the sink did not take what was sent. */
  readonly sendFailed?: (code: string) => void;
};

export type SourceStreamOptions = {
  readonly snapshots: Snapshots;
  readonly log: Log;
  /** Hands out changes only to sinks that ask for them. */
  readonly incremental: boolean;
  /** Takes a token for each refusal; without one the stream ends. */
  readonly refusals: RateLimit;
  readonly out: Queue<Encoded>;
  readonly clock: Clock;
  /** How long the sink may leave a response without an answer, milliseconds. */
  readonly answerMs: number;
  /** The sink left one without for longer: the stream is to be ended, a full transport notwithstanding. */
  readonly onStuck: (error: MeshError) => void;
  readonly observer: SourceObserver;
};

/**
 * The source's end of one stream, whoever opened it: one watch a collection, one response without an answer a watch.
 * It holds references to shared responses, and no copy of what the sink has.
 */
export class SourceStream {
  readonly #options: SourceStreamOptions;
  readonly #watches = new Map<string, Watch>();
  /** By collection; none for those that are answered. */
  readonly #deadlines = new Map<string, Timer>();
  #nonce = 0;

  constructor(options: SourceStreamOptions) {
    this.#options = options;
  }

  /**
   * Takes requests until the sink ends the stream, and sends what changes meanwhile. Rejects with `invalid_argument` for
   * an unknown collection, with `resource_exhausted` for too many refusals, and with what `requests` fails with.
   */
  async read(requests: AsyncIterable<RequestResources>): Promise<void> {
    const { snapshots } = this.#options;
    const unwatch = snapshots.watch((changed) => this.#changed(changed));
    try {
      for await (const request of requests) this.#take(request);
    } finally {
      unwatch();
      for (const deadline of this.#deadlines.values()) deadline.cancel();
    }
  }

  /** Called by the owner of the snapshots, whom a stream that has fallen behind does not concern. */
  #changed(collections: readonly string[]): void {
    try {
      this.#sendChanged(collections);
    } catch (error) {
      this.#options.out.fail(error);
    }
  }

  #sendChanged(collections: readonly string[]): void {
    for (const collection of collections) {
      const watch = this.#watches.get(collection);
      if (watch === undefined) continue;
      this.#send(collection, watch);
      this.#keepShort(collection, watch);
    }
  }

  /** A sink that does not answer for long keeps no long history. */
  #keepShort(collection: string, { content }: Watch): void {
    const newest = this.#options.snapshots.get(collection)?.revision;
    const from = content.kind === 'revision' ? content.revision : content.since;
    if (newest !== undefined) from?.compact(newest);
  }

  #take(request: RequestResources): void {
    const { snapshots, incremental, refusals, observer, log } = this.#options;
    const { collection } = request;
    // A sink that was connected to answers the opening message, which has no collection of its own.
    if (collection === TRIGGER_COLLECTION) return;
    const known = snapshots.collections.has(collection);
    const verdict = decideRequest(this.#watches.get(collection), request, { known, incremental });
    switch (verdict.kind) {
      case 'unknown-collection':
        throw new MeshError('invalid_argument', `unknown collection "${collection}"`);
      case 'stale':
        log.debug({ collection, nonce: request.responseNonce }, 'a stale request is ignored');
        return;
      case 'nack':
        log.warn({ collection, reason: verdict.reason }, 'the sink refused a response');
        observer.refused?.(collection, verdict.reason);
        if (!refusals.take()) throw new MeshError('resource_exhausted', 'too many refusals on one stream');
        break;
      case 'ack':
        observer.acknowledged?.(collection);
        break;
      case 'open':
        this.#limitReopening(collection);
        log.debug({ collection, incremental: verdict.watch.incremental }, 'a sink watches');
    }
    this.#deadlines.get(collection)?.cancel();
    if (verdict.kind === 'ack' && verdict.next !== undefined) this.#sendRest(collection, verdict);
    else this.#send(collection, verdict.watch);
  }

  /** Asking for the same again makes work as a refusal does. */
  #limitReopening(collection: string): void {
    if (this.#watches.has(collection) && !this.#options.refusals.take())
      throw new MeshError('resource_exhausted', `too many requests for ${collection} on one stream`);
  }

  #send(collection: string, watch: Watch): void {
    this.#watches.set(collection, watch);
    const plan = nextPlan(watch, this.#options.snapshots.get(collection));
    if (plan !== undefined) this.#write(collection, watch, { plan, index: 0 });
  }

  #sendRest(collection: string, verdict: { readonly watch: Watch; readonly next: number | undefined }): void {
    const { watch, next: index } = verdict;
    if (watch.pending !== undefined && index !== undefined)
      this.#write(collection, watch, { plan: watch.pending.plan, index });
  }

  #write(collection: string, watch: Watch, { plan, index }: Omit<PendingResponse, 'nonce'>): void {
    const { out, observer } = this.#options;
    const response = plan.responses[index];
    if (response === undefined) throw new TypeError(`a plan of ${collection} has no response ${index}`);
    this.#nonce += 1;
    const nonce = String(this.#nonce);
    this.#watches.set(collection, { ...watch, pending: { nonce, plan, index } });
    const encoded = withNonce(response, nonce);
    out.push({ encoded });
    this.#expectAnswer(collection);
    observer.sent?.(collection, encoded.length);
  }

  #expectAnswer(collection: string): void {
    const { clock, answerMs, observer, onStuck } = this.#options;
    const stuck = () => {
      observer.sendFailed?.('resource_exhausted');
      onStuck(
        new MeshError('resource_exhausted', `${collection}: the sink gave no answer for ${answerMs} ms`),
      );
    };
    this.#deadlines.get(collection)?.cancel();
    this.#deadlines.set(collection, clock.after(answerMs, stuck));
  }
}
