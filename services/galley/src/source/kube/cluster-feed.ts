import { createDebounce, type Debounce, type DebounceTimes } from '@quintet/files';
import {
  createDiscovery,
  createReflector,
  type Discovery,
  type KubeClient,
  type KubeObject,
  objectKey,
  type Reflector,
  type ReflectorChange,
  type ReflectorObserver,
  type ReflectorTimes,
  type VersionedType,
} from '@quintet/kube';
import type { Issue } from '@quintet/model';
import type { Clock, Random } from '@quintet/runtime';
import type { SourceBatch, SourceItem } from '../../store/source.ts';
import type { FollowedKind } from './kinds-to-read.ts';
import type { ReadObject } from './read-item.ts';

export type ClusterFeedOptions = DebounceTimes & {
  /** Name of the source. */
  readonly source: string;
  readonly client: KubeClient;
  readonly kinds: readonly FollowedKind[];
  readonly onBatch: (batch: SourceBatch) => void;
  /** Called once, when all kinds have been listed or found missing. */
  readonly onListed: () => void;
  /** Keys that somebody was told of before and that are gone unless they come again. */
  readonly inherited?: ReadonlySet<string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly times: Partial<ReflectorTimes>;
  readonly observer: ReflectorObserver;
};

/** How a cluster stands. */
export type FeedState = {
  /** Kinds of which there is no complete list yet, and why not. */
  readonly waiting: readonly string[];
  /** Kinds that were listed once and cannot be followed now. */
  readonly stale: readonly string[];
};

/** The objects of one cluster, as batches. */
export type ClusterFeed = {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** From now on batches are handed over; the first one holds everything and says that the source is synced. */
  open(): void;
  /** Missing types may have come. */
  wake(): void;
  state(): FeedState;
  /** Keys of everything that somebody was or will be told of: handed over, inherited, or gone and not yet told so. */
  keys(): ReadonlySet<string>;
  /** Issues besides those of objects, in place of those before. */
  report(issues: readonly Issue[]): void;
};

/** Follows all kinds of a cluster and joins what changes in quick succession into batches. */
export function createClusterFeed(options: ClusterFeedOptions): ClusterFeed {
  return new Feed(options);
}

class Feed implements ClusterFeed {
  readonly #options: ClusterFeedOptions;
  readonly #reflectors: readonly Reflector[];
  readonly #debounce: Debounce;
  readonly #put = new Map<string, SourceItem>();
  readonly #removed: Set<string>;
  readonly #keys = new Set<string>();
  /** Issues of objects that give no item, by key. */
  readonly #unreadable = new Map<string, readonly Issue[]>();
  #reported: readonly Issue[] = [];
  #issuesChanged = false;
  #open = false;
  #listed = false;
  #told = false;

  constructor(options: ClusterFeedOptions) {
    this.#options = options;
    this.#removed = new Set(options.inherited);
    const { client, clock } = options;
    const discovery = preferSlices(createDiscovery({ client, clock }));
    this.#reflectors = options.kinds.map((kind) => this.#reflect(kind, discovery));
    const { quietMs, maxMs } = options;
    this.#debounce = createDebounce({ quietMs, maxMs, clock, run: () => this.#flush() });
  }

  async start(): Promise<void> {
    for (const reflector of this.#reflectors) await reflector.start();
    this.#settled();
  }

  async stop(): Promise<void> {
    this.#debounce.stop();
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
    this.#options.client.close();
  }

  open(): void {
    this.#open = true;
    this.#flush();
  }

  wake(): void {
    for (const reflector of this.#reflectors) {
      if (reflector.state().kind === 'absent') reflector.wake();
    }
  }

  state(): FeedState {
    const waiting: string[] = [];
    const stale: string[] = [];
    for (const [index, reflector] of this.#reflectors.entries()) {
      const state = reflector.state();
      const kind = this.#options.kinds[index]?.type.kind ?? '';
      if (state.kind === 'starting') waiting.push(`${kind}: ${state.detail}`);
      else if (state.kind === 'stale') stale.push(`${kind}: ${state.detail}`);
    }
    return { waiting, stale };
  }

  keys(): ReadonlySet<string> {
    return new Set([...this.#keys, ...this.#removed]);
  }

  report(issues: readonly Issue[]): void {
    this.#reported = issues;
    this.#issuesChanged = true;
    this.#debounce.trigger();
  }

  #reflect(kind: FollowedKind, discovery: Discovery): Reflector {
    const { client, clock, random, times, observer } = this.#options;
    return createReflector<{ readonly key: string; readonly read: ReadObject }>({
      ...{ client, discovery, type: kind.type, selection: kind.selection, clock, random, times, observer },
      decode: (object: KubeObject) => ({ key: kind.keyOf(objectKey(object)), read: kind.read(object) }),
      onChange: (change) => this.#take(kind, change),
      onState: () => this.#settled(),
    });
  }

  #take(
    kind: FollowedKind,
    { put, removed }: ReflectorChange<{ readonly key: string; readonly read: ReadObject }>,
  ): void {
    for (const { value } of put) this.#takeOne(value.key, value.read);
    for (const reflected of removed) {
      const key = kind.keyOf(reflected);
      this.#put.delete(key);
      this.#note(key, []);
      if (this.#keys.delete(key)) this.#removed.add(key);
    }
    this.#debounce.trigger();
  }

  #takeOne(key: string, { item, issues }: ReadObject): void {
    this.#note(key, issues);
    this.#keys.add(key);
    this.#removed.delete(key);
    if (item !== undefined) this.#put.set(key, item);
  }

  #note(key: string, issues: readonly Issue[]): void {
    if (issues.length === 0 && !this.#unreadable.has(key)) return;
    if (issues.length === 0) this.#unreadable.delete(key);
    else this.#unreadable.set(key, issues);
    this.#issuesChanged = true;
  }

  #settled(): void {
    if (this.#listed || this.#reflectors.some((reflector) => reflector.state().kind === 'starting')) return;
    this.#listed = true;
    this.#flush();
    this.#options.onListed();
  }

  /** Nothing is handed over before everything has been listed: a part looks like deletions. */
  #flush(): void {
    if (!this.#open || !this.#listed) return;
    const nothing = this.#put.size === 0 && this.#removed.size === 0 && !this.#issuesChanged;
    if (this.#told && nothing) return;
    const { source, onBatch } = this.#options;
    const batch: SourceBatch = {
      source,
      synced: true,
      put: [...this.#put.values()],
      removed: [...this.#removed],
      ...(this.#issuesChanged && { issues: [...this.#reported, ...[...this.#unreadable.values()].flat()] }),
    };
    this.#put.clear();
    this.#removed.clear();
    this.#issuesChanged = false;
    this.#told = true;
    onBatch(batch);
  }
}

/** Endpoints are read only from an API server that has no EndpointSlices: where both are, they say the same. */
function preferSlices(discovery: Discovery): Discovery {
  const slices: VersionedType = {
    group: 'discovery.k8s.io',
    versions: ['v1'],
    plural: 'endpointslices',
    kind: 'EndpointSlice',
    scope: 'namespace',
  };
  return {
    async versionOf(type) {
      if (type.kind !== 'Endpoints' || type.group !== '') return await discovery.versionOf(type);
      return (await discovery.versionOf(slices)) === undefined ? await discovery.versionOf(type) : undefined;
    },
  };
}
