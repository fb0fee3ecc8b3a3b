import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Component, HealthResult } from '@quintet/runtime';
import type { Params } from './subject-name.ts';
import type {
  BucketKey,
  ObjectStoreKey,
  ReplySchema,
  RequestKey,
  RequestSchema,
  SUBJECTS,
  SubjectKey,
  SubjectSchema,
} from './subjects.ts';

export type ParamsOf<K extends SubjectKey> = Params<(typeof SUBJECTS)[K]['pattern']>;
export type InitOf<K extends SubjectKey> = MessageInitShape<SubjectSchema<K>>;
export type MessageOf<K extends SubjectKey> = MessageShape<SubjectSchema<K>>;
export type RequestOf<K extends RequestKey> = MessageShape<RequestSchema<K>>;
export type RequestInitOf<K extends RequestKey> = MessageInitShape<RequestSchema<K>>;
export type ReplyOf<K extends RequestKey> = MessageShape<ReplySchema<K>>;
export type ReplyInitOf<K extends RequestKey> = MessageInitShape<ReplySchema<K>>;

export type Subscription = { stop(): void };

export type SubscribeOptions<K extends SubjectKey> = {
  /** Only subjects with these values. */
  readonly params?: Partial<ParamsOf<K>>;
  /** Subscribers with one queue name share the messages. */
  readonly queue?: string;
};

export type RequestManyOptions<K extends RequestKey> = {
  /** No longer than this, milliseconds. */
  readonly timeoutMs: number;
  /** Done when no reply came for this long after the first one; not before the timeout unless given. */
  readonly stallMs?: number;
  /** Done as soon as this is true of the replies so far. */
  readonly enough?: (replies: readonly ReplyOf<K>[]) => boolean;
};

export type ReplayOptions<K extends SubjectKey> = {
  readonly params?: Partial<ParamsOf<K>>;
  /** Begin with so many of the latest; all that are kept unless given. */
  readonly last?: number;
  /** Go on with what comes; else end after what was there. */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
};

/**
 * The bus as one principal has it. The connection may be missing at any time: publishing drops and counts, subscriptions
 * come into force when it is there, and what needs an answer fails with `unavailable`.
 */
export type Bus = Component & {
  /** Never throws for want of a connection, never waits. A wrong parameter throws: that is a bug. */
  publish<K extends SubjectKey>(key: K, params: ParamsOf<K>, message: InitOf<K>): void;
  subscribe<K extends SubjectKey>(
    key: K,
    options: SubscribeOptions<K>,
    onMessage: (message: MessageOf<K>, subject: string) => void,
  ): Subscription;
  /** What a subject's stream has kept, oldest first. */
  replay<K extends SubjectKey>(key: K, options: ReplayOptions<K>): AsyncIterable<MessageOf<K>>;
  respond<K extends RequestKey>(
    key: K,
    answer: (request: RequestOf<K>) => ReplyInitOf<K> | Promise<ReplyInitOf<K>>,
  ): Subscription;
  /** The replies of everybody who answered in time; none is no error. */
  requestMany<K extends RequestKey>(
    key: K,
    request: RequestInitOf<K>,
    options: RequestManyOptions<K>,
  ): Promise<readonly ReplyOf<K>[]>;
  keyValue(key: BucketKey): KeyValue;
  objects(key: ObjectStoreKey): ObjectStore;
  /** `degraded` without a connection: nothing depends on the bus alone. */
  status(): HealthResult;
  /** Resolves when the connection is there; for programs that are nothing without it, such as the command line. */
  connected(timeoutMs: number): Promise<void>;
};

export type KeyValueEntry = { readonly key: string; readonly value: Uint8Array; readonly revision: number };

/** A bucket. Keys are any text; values are small. All methods reject with `unavailable` without a connection. */
export type KeyValue = {
  get(key: string): Promise<KeyValueEntry | undefined>;
  /** Returns the new revision. */
  put(key: string, value: Uint8Array): Promise<number>;
  /** Compare and set: rejects with `aborted` unless `revision` is the present one; 0 means that there is none. */
  update(key: string, value: Uint8Array, revision: number): Promise<number>;
  delete(key: string): Promise<void>;
  /** Everything there is, then each change; a deletion has no value. */
  watch(onChange: (change: KeyValueChange) => void): Promise<Subscription>;
};

export type KeyValueChange = {
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly revision: number;
};

/** Named blobs. All methods reject with `unavailable` without a connection. */
export type ObjectStore = {
  put(name: string, bytes: Uint8Array): Promise<void>;
  get(name: string): Promise<Uint8Array | undefined>;
};
