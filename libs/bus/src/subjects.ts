import type { DescMessage } from '@bufbuild/protobuf';
import { type Event, EventSchema } from '@quintet/proto/quintet/events/v1/events_pb.js';
import { ReportBatchSchema } from '@quintet/proto/quintet/report/v1/report_pb.js';
import {
  ProxyStatusReplySchema,
  ProxyStatusRequestSchema,
} from '@quintet/proto/quintet/status/v1/proxy_status_pb.js';
import { type Principal, SERVICES } from './principals.ts';

export type { Event };

/** A bounded JetStream stream that keeps what was published; the oldest goes first. */
export type StreamRow = {
  readonly name: string;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
};

/**
 * A subject that is published to. `{name}` in the pattern is one token; `{name>}` at its end is the rest.
 * `publisherToken` is the token that must be the publisher's own name.
 */
export type SubjectRow = {
  readonly pattern: string;
  readonly schema: DescMessage;
  readonly publishers: readonly Principal[];
  readonly subscribers: readonly Principal[];
  readonly publisherToken?: string;
  /** `queue`: of the subscribers with one queue name one gets each message. */
  readonly delivery: 'fan-out' | 'queue' | 'stream';
  readonly stream?: StreamRow;
};

/** A subject that is asked; every responder answers. */
export type RequestRow = {
  readonly pattern: string;
  readonly request: DescMessage;
  readonly reply: DescMessage;
  readonly askers: readonly Principal[];
  readonly responders: readonly Principal[];
};

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

/** Everything that is published. No message on the bus is load-bearing alone. */
export const SUBJECTS = {
  /** What happened, for `quintet events` and the console. */
  event: {
    pattern: 'mesh.event.{service}.{type>}',
    schema: EventSchema,
    publishers: SERVICES,
    subscribers: ['cli'],
    publisherToken: 'service',
    delivery: 'stream',
    stream: { name: 'MESH_EVENTS', maxMessages: 10_000, maxBytes: 32 * MIB, maxAgeMs: 24 * HOUR_MS },
  },
  /** Normalised telemetry for adapters in other processes. */
  report: {
    pattern: 'mesh.report.{kind}',
    schema: ReportBatchSchema,
    publishers: ['mixer'],
    subscribers: ['adapter'],
    delivery: 'queue',
  },
} as const satisfies Record<string, SubjectRow>;

/** Everything that is asked. */
export const REQUESTS = {
  /** Every pilot replica answers for its own proxies. */
  proxyStatus: {
    pattern: 'mesh.proxy.status',
    request: ProxyStatusRequestSchema,
    reply: ProxyStatusReplySchema,
    askers: ['pilot', 'cli'],
    responders: ['pilot'],
  },
} as const satisfies Record<string, RequestRow>;

/** A key-value bucket or an object store: who may write, who may read. */
export type StoreRow = {
  readonly name: string;
  readonly writers: readonly Principal[];
  readonly readers: readonly Principal[];
  readonly maxBytes: number;
};

/** Key-value buckets; the last value of a key counts. */
export const BUCKETS = {
  /** Which version each pilot has had acknowledged by how many proxies, by `<collection>/<ns>/<name>`. */
  distribution: {
    name: 'mesh-distribution',
    writers: ['pilot'],
    readers: ['galley', 'cli'],
    maxBytes: 64 * MIB,
  },
  /** A hint that the trust bundle changed; the bundle itself comes from citadel. */
  trust: {
    name: 'mesh-trust',
    writers: ['citadel'],
    readers: ['galley', 'pilot', 'mixer', 'injector', 'nodeagent', 'cli'],
    maxBytes: MIB,
  },
  /** Quota shared by mixer replicas, by compare-and-set. */
  quota: { name: 'mesh-quota', writers: ['mixer'], readers: [], maxBytes: 16 * MIB },
} as const satisfies Record<string, StoreRow>;

/** Object stores, for what is larger than a message. */
export const OBJECT_STORES = {
  /** Last good configuration, signed, so that pilot and mixer can start while galley is down. */
  snapshot: { name: 'mesh-snapshot', writers: ['galley'], readers: ['pilot', 'mixer'], maxBytes: 256 * MIB },
} as const satisfies Record<string, StoreRow>;

export type SubjectKey = keyof typeof SUBJECTS;
export type RequestKey = keyof typeof REQUESTS;
export type BucketKey = keyof typeof BUCKETS;
export type ObjectStoreKey = keyof typeof OBJECT_STORES;

export type SubjectSchema<K extends SubjectKey> = (typeof SUBJECTS)[K]['schema'];
export type RequestSchema<K extends RequestKey> = (typeof REQUESTS)[K]['request'];
export type ReplySchema<K extends RequestKey> = (typeof REQUESTS)[K]['reply'];

/** What a subject's messages are. TypeScript widens a property of a row chosen by a type parameter to all rows': said again here. */
export function subjectSchema<K extends SubjectKey>(key: K): SubjectSchema<K> {
  return SUBJECTS[key].schema as SubjectSchema<K>;
}

/** What a request and its replies are. */
export function requestSchemas<K extends RequestKey>(
  key: K,
): { readonly request: RequestSchema<K>; readonly reply: ReplySchema<K> } {
  const { request, reply } = REQUESTS[key];
  return { request: request as RequestSchema<K>, reply: reply as ReplySchema<K> };
}
