import type { Clock, Random } from '@quintet/runtime';
import type { KubeClient, Selection } from '../client/client.ts';
import type { Discovery, VersionedType } from '../client/discovery.ts';
import type { KubeObject } from '../client/kube-object.ts';
import type { KubeError } from '../kube-error.ts';

/** What is different from before. */
export type ReflectorChange<T> = {
  readonly put: readonly { readonly key: string; readonly value: T }[];
  /** Keys as `objectKey` makes them. */
  readonly removed: readonly string[];
};

/** How a reflector stands with its API server. */
export type ReflectorState =
  /** No complete list yet. */
  | { readonly kind: 'starting'; readonly detail: string }
  /** What was handed over is the state of the API server, or will be in a moment. */
  | { readonly kind: 'synced' }
  /** The API server has no such type of objects. */
  | { readonly kind: 'absent' }
  /** What was handed over was right once; now the API server does not answer, or refuses. */
  | { readonly kind: 'stale'; readonly detail: string };

/** What a reflector tells its owner, for metrics and the log. */
export type ReflectorObserver = {
  readonly listed?: (what: {
    readonly kind: string;
    readonly objects: number;
    readonly why: RelistReason;
  }) => void;
  readonly event?: (what: { readonly kind: string; readonly event: 'put' | 'removed' | 'outdated' }) => void;
  readonly failed?: (what: {
    readonly kind: string;
    readonly error: KubeError | Error;
    readonly waitMs: number;
  }) => void;
  /** A watch was silent for too long and was cut. */
  readonly stalled?: (what: { readonly kind: string }) => void;
  /** An audit found objects that the watch had lost. */
  readonly lost?: (what: { readonly kind: string; readonly keys: readonly string[] }) => void;
};

export type RelistReason = 'first' | 'gone' | 'lost' | 'found';

/** Times of a reflector, milliseconds. */
export type ReflectorTimes = {
  /** A watch that is silent for longer is cut: the API server sends a bookmark about every minute. */
  readonly stallMs: number;
  /** How long a watch lasts at least; each lasts up to twice as long. */
  readonly watchMs: number;
  /** How often everything is compared with a fresh list; 0 for never. */
  readonly auditMs: number;
  /** How long an event may be late before an audit calls it lost. */
  readonly graceMs: number;
  /** How often a missing type is looked for, when nobody calls `wake`. */
  readonly absentMs: number;
  /** How long a type that was there has to be missing before its objects are taken for deleted. */
  readonly goneMs: number;
  /** First and longest wait after a failure. */
  readonly backoffMs: readonly [initial: number, max: number];
};

export const REFLECTOR_TIMES: ReflectorTimes = {
  stallMs: 150_000,
  watchMs: 300_000,
  auditMs: 600_000,
  graceMs: 10_000,
  absentMs: 30_000,
  goneMs: 2_000,
  backoffMs: [250, 10_000],
};

export type ReflectorOptions<T> = {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  /** Shared by all reflectors of one API server. */
  readonly discovery: Discovery;
  readonly type: VersionedType;
  readonly selection?: Selection;
  /** Takes from an object what is needed; the rest is forgotten. Must not throw. */
  readonly decode: (object: KubeObject) => T;
  /**
   * Takes over a change. While its promise is pending nothing more is read, so that a slow consumer slows the API
   * server down and no queue grows.
   */
  readonly onChange: (change: ReflectorChange<T>) => void | Promise<void>;
  readonly onState?: (state: ReflectorState) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly times?: Partial<ReflectorTimes>;
  /** Objects of one page; 500 unless given. */
  readonly pageSize?: number;
  readonly observer?: ReflectorObserver;
};
