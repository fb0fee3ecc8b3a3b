import { type Backoff, type Component, createBackoff, errorText, MeshError, sleep } from '@quintet/runtime';
import { objectKey } from '../client/kube-object.ts';
import type { ResourceType } from '../client/resource-type.ts';
import type { WatchEvent } from '../client/watch-events.ts';
import { isGone, isNotFound, KubeError } from '../kube-error.ts';
import { type FreshList, findLost } from './audit.ts';
import { listAll } from './list-all.ts';
import {
  REFLECTOR_TIMES,
  type ReflectorChange,
  type ReflectorOptions,
  type ReflectorState,
  type ReflectorTimes,
  type RelistReason,
} from './reflector-options.ts';
import { createVersionMap } from './version-map.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

/** Follows all objects of one type. */
export type Reflector = Omit<Component, 'start' | 'stop'> & {
  start(): Promise<void>;
  stop(): Promise<void>;
  state(): ReflectorState;
  /** How many objects have been handed over. */
  size(): number;
  /** Looks for a missing type at once, since it may have come. */
  wake(): void;
};

/** A watch that ends sooner than this without a word counts as a failure: else the API server would be asked in a loop. */
const SHORTEST_WATCH_MS = 1_000;

/**
 * Follows all objects of one type: a list in pages, then a watch that is resumed where it ended, whatever ended it. When
 * the API server has forgotten that place, the list is made anew and what differs is handed over, deletions too. Its
 * start does not wait for the first list; `onState` tells of it. A missing type is no error: it is looked for again.
 */
export function createReflector<T>(options: ReflectorOptions<T>): Reflector {
  const reflector = new TypeReflector(options);
  return {
    name: `reflector ${options.type.plural}`,
    start: async () => reflector.start(),
    stop: () => reflector.stop(),
    state: () => reflector.state,
    size: () => reflector.size,
    wake: () => reflector.wake(),
  };
}

class TypeReflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #times: ReflectorTimes;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  readonly #known = createVersionMap();
  #state: ReflectorState = { kind: 'starting', detail: 'not asked yet' };
  #running: Promise<unknown> | undefined;
  /** The type in the version that is served, once that is known. */
  #type: ResourceType | undefined;
  /** Why a list is needed before the next watch. */
  #relist: RelistReason | undefined = 'first';
  #wake = new AbortController();
  /** The watch that runs now, if one does. */
  #watching: Watchdog | undefined;
  /** Failures since the API server last told something. */
  #failures = 0;
  /** A place was forgotten since then, and a list was made at once: if that does not help, there is a wait. */
  #listedAgain = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#times = { ...REFLECTOR_TIMES, ...options.times };
    const [initialMs, maxMs] = this.#times.backoffMs;
    this.#backoff = createBackoff({ initialMs, maxMs, random: options.random });
  }

  get state(): ReflectorState {
    return this.#state;
  }

  get size(): number {
    return this.#known.size;
  }

  start(): void {
    this.#running ??= Promise.all([this.#run(), this.#auditNowAndThen()]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
  }

  wake(): void {
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        this.#type ??= await this.#findType();
        if (this.#type === undefined) await this.#absent();
        else await this.#follow(this.#type);
      } catch (error) {
        if (!this.#stop.signal.aborted) await this.#failed(error);
      }
    }
  }

  async #findType(): Promise<ResourceType | undefined> {
    const { type, discovery } = this.#options;
    const version = await untilAborted(discovery.versionOf(type), this.#stop.signal);
    return version === undefined ? undefined : { ...type, version };
  }

  /** Waits for the type to come. Objects that were there are gone with it, once that is sure. */
  async #absent(): Promise<void> {
    const { clock, random } = this.#options;
    if (this.#known.size > 0) {
      await sleep(clock, this.#times.goneMs, this.#stop.signal);
      this.#type = await this.#findType();
      if (this.#type !== undefined || this.#stop.signal.aborted) return;
    }
    const removed = this.#known.replace(new Map(), '');
    if (removed.length > 0) await this.#handOver({ put: [], removed });
    this.#alive();
    this.#relist = 'found';
    this.#become({ kind: 'absent' });
    this.#wake = new AbortController();
    const wait = this.#times.absentMs * (0.75 + random() / 2);
    await sleep(clock, wait, AbortSignal.any([this.#wake.signal, this.#stop.signal]));
  }

  async #follow(type: ResourceType): Promise<void> {
    if (this.#relist !== undefined) await this.#listAll(type, this.#relist);
    await this.#watch(type);
  }

  async #listAll(type: ResourceType, why: RelistReason): Promise<void> {
    const { client, selection = {}, pageSize = 500, decode, observer } = this.#options;
    const versions = new Map<string, string>();
    const put: { key: string; value: T }[] = [];
    const revision = await listAll({
      ...{ client, type, selection, pageSize, signal: this.#stop.signal },
      onObject: (object) => {
        const key = objectKey(object);
        versions.set(key, object.resourceVersion);
        if (this.#known.version(key) !== object.resourceVersion) put.push({ key, value: decode(object) });
      },
      onRestart: () => {
        versions.clear();
        put.length = 0;
      },
    });
    const removed = this.#known.replace(versions, revision);
    this.#relist = undefined;
    observer?.listed?.({ kind: type.kind, objects: versions.size, why });
    if (put.length + removed.length > 0) await this.#handOver({ put, removed });
    this.#become({ kind: 'synced' });
  }

  /** One watch, until it ends or is cut. */
  async #watch(type: ResourceType): Promise<void> {
    const { client, clock, random, selection = {}, observer } = this.#options;
    const began = clock.monotonic();
    const dog = createWatchdog({ clock, silenceMs: this.#times.stallMs, parent: this.#stop.signal });
    this.#watching = dog;
    let heard = false;
    try {
      const events = client.watch(type, {
        ...selection,
        resourceVersion: this.#known.revision(),
        timeoutSeconds: Math.ceil((this.#times.watchMs * (1 + random())) / 1000),
        signal: dog.signal,
        onOpen: () => this.#become({ kind: 'synced' }),
      });
      for await (const event of events) {
        dog.pause();
        if (!heard) this.#alive();
        heard = true;
        await this.#take(event);
        dog.heard();
      }
    } catch (error) {
      if (!dog.signal.aborted) throw error;
      if (dog.stalled()) observer?.stalled?.({ kind: type.kind });
      return;
    } finally {
      this.#watching = undefined;
      dog.stop();
    }
    if (!heard && clock.monotonic() - began < SHORTEST_WATCH_MS) {
      throw new KubeError(`watch ${type.plural}: ended at once`, { status: 0 });
    }
    this.#alive();
  }

  #alive(): void {
    this.#failures = 0;
    this.#listedAgain = false;
    this.#backoff.reset();
  }

  async #take(event: WatchEvent): Promise<void> {
    if (event.kind === 'bookmark') return this.#known.reached(event.resourceVersion);
    const { object, kind } = event;
    const { type, observer, decode } = this.#options;
    const key = objectKey(object);
    const isNew =
      kind === 'put'
        ? this.#known.put(key, object.resourceVersion)
        : this.#known.remove(key, object.resourceVersion);
    observer?.event?.({ kind: type.kind, event: isNew ? kind : 'outdated' });
    if (!isNew) return;
    if (kind === 'put') await this.#handOver({ put: [{ key, value: decode(object) }], removed: [] });
    else await this.#handOver({ put: [], removed: [key] });
  }

  async #handOver(change: ReflectorChange<T>): Promise<void> {
    try {
      await this.#options.onChange(change);
    } catch (error) {
      // Nobody knows what was taken over: all of it is handed over again with the next list.
      for (const key of [...change.put.map((each) => each.key), ...change.removed]) this.#known.doubt(key);
      this.#relist = 'lost';
      throw error;
    }
  }

  /** Compares with a fresh list now and then; a comparison that fails is made again the next time. */
  async #auditNowAndThen(): Promise<void> {
    const { clock, random, type, observer } = this.#options;
    const { signal } = this.#stop;
    const { auditMs, graceMs } = this.#times;
    while (auditMs > 0 && !signal.aborted) {
      await sleep(clock, auditMs * (0.75 + random() / 2), signal);
      const served = this.#type;
      if (signal.aborted || served === undefined || this.#watching === undefined) continue;
      const list = () => this.#freshList(served);
      const grace = () => sleep(clock, graceMs, signal);
      const lost = await findLost({ known: this.#known, list, grace }).catch(() => []);
      if (lost.length === 0 || signal.aborted) continue;
      observer?.lost?.({ kind: type.kind, keys: lost });
      this.#relist = 'lost';
      this.#watching?.stop();
    }
  }

  async #freshList(type: ResourceType): Promise<FreshList> {
    const { client, selection = {}, pageSize = 500 } = this.#options;
    const versions = new Map<string, string>();
    const revision = await listAll({
      ...{ client, type, selection, pageSize, signal: this.#stop.signal, metadataOnly: true },
      onObject: (object) => versions.set(objectKey(object), object.resourceVersion),
      onRestart: () => versions.clear(),
    });
    return { versions, revision };
  }

  async #failed(error: unknown): Promise<void> {
    const { type, clock, observer } = this.#options;
    this.#failures += 1;
    if (isNotFound(error)) {
      this.#type = undefined;
      this.#relist ??= 'found';
    }
    if (isGone(error)) {
      this.#relist ??= 'gone';
      const again = this.#listedAgain;
      this.#listedAgain = true;
      if (!again) return;
    }
    const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(this.#backoff.next(), asked);
    const detail = errorText(error);
    observer?.failed?.({
      kind: type.kind,
      error: error instanceof Error ? error : new Error(detail),
      waitMs,
    });
    // A watch that is cut now and then is nothing to tell of; one that cannot be had again is.
    if (this.#state.kind === 'starting') this.#become({ kind: 'starting', detail });
    else if (this.#failures > 1) this.#become({ kind: 'stale', detail });
    await sleep(clock, waitMs, this.#stop.signal);
  }

  #become(state: ReflectorState): void {
    const before = this.#state;
    this.#state = state;
    const same = before.kind === state.kind && JSON.stringify(before) === JSON.stringify(state);
    if (!same) this.#options.onState?.(state);
  }
}

/** What others wait for too is not ended, only waited for no longer. */
function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new MeshError('cancelled', 'stopped'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
