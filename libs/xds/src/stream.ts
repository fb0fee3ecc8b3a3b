import type { Node } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import { type CallContext, type Clock, type Encoded, MeshError, type Timer } from '@quintet/runtime';
import { encodeResponse } from './frame.ts';
import { Session } from './session.ts';
import type { SessionEvent, SessionOutput, SessionRequest, TypeStatus } from './session-types.ts';
import type { Attachment, Source } from './source.ts';
import type { Turns } from './turns.ts';
import type { Form } from './type-channel.ts';

/** One stream, for status pages and observers. */
export type StreamInfo = {
  /** `<node id>-<number>`, unique among the streams of one server. */
  readonly id: string;
  readonly form: Form;
  readonly node: Node;
  readonly spiffeId: string | undefined;
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly status: () => readonly TypeStatus[];
  /** Whether the client has accepted everything there is for it: `isCurrent` of every type. */
  readonly isCurrent: () => boolean;
};

/** Is told what happens; must not throw. */
export type StreamObserver = {
  readonly opened?: (stream: StreamInfo) => void;
  readonly closed?: (stream: StreamInfo) => void;
  readonly event?: (stream: StreamInfo, event: SessionEvent) => void;
};

export type StreamLimits = {
  /** Names one stream may subscribe to over all types. */
  readonly maxSubscriptions: number;
  /** Types one stream may ask for. */
  readonly maxTypes: number;
  /** How long the first request may take, milliseconds. */
  readonly firstRequestMs: number;
};

export type StreamOptions = {
  readonly form: Form;
  readonly source: Source;
  readonly clock: Clock;
  readonly limits: StreamLimits;
  readonly observer: StreamObserver;
  readonly turns: Turns;
  readonly patienceMs: number;
  readonly nextId: (node: Node) => string;
  readonly registry: Set<StreamInfo>;
};

/** A request with the sender's node, which only the first one of a stream has to carry. */
export type NodeRequest = { readonly node: Node | undefined; readonly request: SessionRequest };

/**
 * Serves one stream: reads requests, feeds the session, writes what it says. Nothing new is worked out while a
 * response waits to be written: what comes meanwhile replaces what would have been sent.
 */
export async function* serveStream(
  requests: AsyncIterable<NodeRequest>,
  call: CallContext,
  options: StreamOptions,
): AsyncGenerator<Encoded, void, void> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await firstRequest(iterator, options);
  if (first === undefined) return;
  const { node } = first;
  if (node === undefined)
    throw new MeshError('invalid_argument', 'the first request of a stream names no node');
  const attachment = await attach(node, call, options.source);
  const stream = new Stream(node, call, attachment, options);
  options.registry.add(stream.info);
  options.observer.opened?.(stream.info);
  try {
    stream.start(first.request);
    void stream.read(iterator);
    yield* stream.responses();
  } finally {
    stream.stop();
    options.registry.delete(stream.info);
    options.observer.closed?.(stream.info);
    // Not awaited: a reader parked on a silent client answers when the call ends, which is after this.
    void iterator.return?.();
  }
}

async function firstRequest(iterator: AsyncIterator<NodeRequest>, { clock, limits }: StreamOptions) {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const seconds = limits.firstRequestMs / 1000;
  const timer = clock.after(limits.firstRequestMs, () =>
    reject(new MeshError('deadline_exceeded', `no request within ${seconds} s`)),
  );
  try {
    const result = await Promise.race([iterator.next(), late]);
    return result.done ? undefined : result.value;
  } finally {
    timer.cancel();
  }
}

async function attach(node: Node, call: CallContext, source: Source): Promise<Attachment> {
  const answer = await source.attach({
    node,
    spiffeId: call.identity?.spiffeId,
    header: (name) => call.metadata.get(name)[0]?.toString(),
    address: call.peer,
  });
  if ('refused' in answer) throw new MeshError(answer.refused.code, answer.refused.message);
  return answer;
}

class Stream {
  readonly info: StreamInfo;
  readonly #options: StreamOptions;
  readonly #attachment: Attachment;
  readonly #session: Session;
  readonly #types = new Set<string>();
  readonly #outbox: Uint8Array[] = [];
  readonly #work = () => this.#renew();
  #stale = true;
  #failure: unknown;
  #ended = false;
  #wake: (() => void) | undefined;
  #timer: Timer | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(node: Node, call: CallContext, attachment: Attachment, options: StreamOptions) {
    this.#options = options;
    this.#attachment = attachment;
    this.#session = new Session({ form: options.form, patienceMs: options.patienceMs });
    this.info = {
      id: options.nextId(node),
      form: options.form,
      node,
      spiffeId: call.identity?.spiffeId,
      address: call.peer,
      connectedAt: options.clock.now(),
      status: () => this.#session.status(),
      isCurrent: () => this.#session.isCurrent(),
    };
    call.signal.addEventListener('abort', () => this.#end(undefined), { once: true });
  }

  start(first: SessionRequest): void {
    this.#unsubscribe = this.#attachment.subscribe(() => {
      this.#stale = true;
      this.#options.turns.ask(this.#work);
    });
    this.#request(first);
    this.#options.turns.ask(this.#work);
  }

  stop(): void {
    this.#ended = true;
    this.#unsubscribe();
    this.#timer?.cancel();
    this.#attachment.close?.();
  }

  /** Reads until the client ends, or something is wrong with what it sends. */
  async read(iterator: AsyncIterator<NodeRequest>): Promise<void> {
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        if (this.#ended) return;
        this.#request(next.value.request);
      }
      this.#end(undefined);
    } catch (error) {
      this.#end(error);
    }
  }

  async *responses(): AsyncGenerator<Encoded, void, void> {
    for (;;) {
      for (let frame = this.#outbox.shift(); frame !== undefined; frame = this.#outbox.shift()) {
        yield { encoded: frame };
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return;
      if (this.#stale) this.#options.turns.ask(this.#work);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #request(request: SessionRequest): void {
    const { limits, clock } = this.#options;
    this.#types.add(request.typeUrl);
    if (this.#types.size > limits.maxTypes) {
      throw new MeshError('resource_exhausted', `more than ${limits.maxTypes} types on one stream`);
    }
    this.#take(this.#session.request(request, clock.monotonic()));
    if (this.#session.subscriptions() > limits.maxSubscriptions) {
      throw new MeshError('resource_exhausted', `more than ${limits.maxSubscriptions} names on one stream`);
    }
  }

  /** Brings the session up to date, unless something waits to be written: `responses` asks again after it. */
  #renew(): void {
    if (this.#ended || !this.#stale || this.#outbox.length > 0) return;
    try {
      this.#stale = false;
      const target = this.#attachment.current();
      if (target !== undefined) this.#take(this.#session.target(target, this.#options.clock.monotonic()));
    } catch (error) {
      this.#end(error);
    }
  }

  #take({ responses, events, wakeAt }: SessionOutput): void {
    const { form, clock, observer } = this.#options;
    for (const response of responses) this.#outbox.push(encodeResponse(form, response));
    for (const event of events) observer.event?.(this.info, event);
    this.#timer?.cancel();
    if (wakeAt !== undefined) {
      this.#timer = clock.after(wakeAt - clock.monotonic(), () => this.#tick());
    }
    if (responses.length > 0) this.#wake?.();
  }

  #tick(): void {
    if (this.#ended) return;
    try {
      this.#take(this.#session.tick(this.#options.clock.monotonic()));
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    if (this.#ended) return;
    this.#failure = error;
    this.#ended = true;
    this.#wake?.();
  }
}
