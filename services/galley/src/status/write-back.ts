import type { JsonObject } from '@bufbuild/protobuf';
import { isConflict, isNotFound, type KubeClient, KubeError, type ResourceType } from '@quintet/kube';
import { type Issue, kindByName, resourceKey } from '@quintet/model';
import { type Clock, type Component, createRateLimit, errorText, type Log, sleep } from '@quintet/runtime';
import type { GalleyMetrics } from '../metrics.ts';
import type { Entry } from '../store/entry.ts';
import type { ConfigItem, ObservedObject, SourceBatch } from '../store/source.ts';
import type { DistributionReader } from './distribution-reader.ts';
import { type Opinion, saysTheSame, statusOf } from './status.ts';

export type WriteBackOptions = {
  readonly client: Pick<KubeClient, 'patch'>;
  /** What galley makes of an object, by `resourceKey`. */
  readonly entry: (key: string) => Entry | undefined;
  readonly distribution: Pick<DistributionReader, 'of'>;
  /** Most writes in a second; five times as many at once. */
  readonly writesPerSecond: number;
  readonly metrics: Pick<GalleyMetrics, 'statusWrites'>;
  readonly clock: Clock;
  readonly log: Log;
};

/** Writes what galley thinks of objects into their status, while it is told to. */
export type WriteBack = Component & {
  /** To be called with every batch, after the store has taken it. */
  taken(batch: SourceBatch): void;
  /** All that the analysis of the whole configuration has found, in place of what it found before. */
  analysed(issues: readonly Issue[]): void;
  /** Something is known anew of the way of an object to proxies, by `<collection>/<namespace>/<name>`; of any without a key. */
  distributed(key: string | undefined): void;
  /** Writes until `signal` is aborted: this replica leads. */
  lead(signal: AbortSignal): void;
};

type Written = {
  readonly item: ConfigItem;
  observed: ObservedObject;
  /**
   * What was written last. It is not written twice in a row, whatever is there now: an API server that drops a field, or
   * somebody else who changes it each time, would keep us writing for ever.
   */
  sent?: JsonObject | undefined;
};

/** The name of the manager of the fields, as `kubectl` shows it. */
const FIELD_MANAGER = 'quintet-galley';
/** The source whose objects have a status. */
const LOCAL = 'kube';
const FORBIDDEN_MS = 600_000;
const FAILED_MS = 5_000;

export function createWriteBack(options: WriteBackOptions): WriteBack {
  const writer = new Writer(options);
  return {
    name: 'status',
    taken: (batch) => writer.taken(batch),
    analysed: (issues) => writer.analysed(issues),
    distributed: (key) => writer.distributed(key),
    lead: (signal) => writer.lead(signal),
    stop: () => writer.stop(),
  };
}

class Writer {
  readonly #options: WriteBackOptions;
  readonly #objects = new Map<string, Written>();
  /** Keys of `#objects` by the names that pilots use. */
  readonly #byCollection = new Map<string, string>();
  #analysed: ReadonlyMap<string, readonly Issue[]> = new Map();
  /** Keys whose status may be another than what is there, in the order of their change. */
  readonly #dirty = new Set<string>();
  /** Kinds whose status may not be written, until when. */
  readonly #forbidden = new Map<string, number>();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  readonly #stop = new AbortController();

  constructor(options: WriteBackOptions) {
    this.#options = options;
  }

  taken({ source, put, removed }: SourceBatch): void {
    for (const item of put) {
      if (item.kind !== 'config') continue;
      const { key, observed } = item;
      if (source === LOCAL && observed !== undefined) this.#observe(item, observed);
      if (this.#objects.has(key)) this.#touch(key);
    }
    for (const key of removed) {
      const known = this.#objects.get(key);
      if (known === undefined) continue;
      if (source === LOCAL) this.#forget(key, known);
      else this.#touch(key);
    }
  }

  analysed(issues: readonly Issue[]): void {
    const before = this.#analysed;
    this.#analysed = Map.groupBy(
      issues.filter(({ resource }) => resource !== undefined),
      ({ resource }) => (resource === undefined ? '' : resourceKey(resource)),
    );
    for (const key of new Set([...before.keys(), ...this.#analysed.keys()]))
      if (this.#objects.has(key)) this.#touch(key);
  }

  distributed(path: string | undefined): void {
    if (path === undefined) for (const key of this.#objects.keys()) this.#touch(key);
    else {
      const key = this.#byCollection.get(path);
      if (key !== undefined) this.#touch(key);
    }
  }

  lead(signal: AbortSignal): void {
    for (const key of this.#objects.keys()) this.#touch(key);
    const before = this.#running;
    this.#running = (async () => {
      await before;
      await this.#write(AbortSignal.any([signal, this.#stop.signal]));
    })();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #touch(key: string): void {
    this.#dirty.add(key);
    this.#wake?.();
  }

  #observe(item: ConfigItem, observed: ObservedObject): void {
    const before = this.#objects.get(item.key);
    const sent = before?.observed.uid === observed.uid ? before.sent : undefined;
    this.#objects.set(item.key, { item, observed, sent });
    this.#byCollection.set(pathOf(item), item.key);
  }

  #forget(key: string, { item }: Written): void {
    this.#objects.delete(key);
    this.#byCollection.delete(pathOf(item));
    this.#dirty.delete(key);
  }

  async #write(signal: AbortSignal): Promise<void> {
    const { clock, writesPerSecond } = this.#options;
    const limit = createRateLimit({ clock, perSecond: writesPerSecond, burst: 5 * writesPerSecond });
    while (!signal.aborted) {
      const [key] = this.#dirty;
      if (key === undefined) {
        await this.#change(signal);
        continue;
      }
      this.#dirty.delete(key);
      const written = this.#objects.get(key);
      const status = written && this.#next(key, written);
      if (written === undefined || status === undefined) continue;
      while (!limit.take() && !signal.aborted) await sleep(clock, 1000 / writesPerSecond, signal);
      if (!signal.aborted) await this.#send(key, written, status);
    }
  }

  /** The status to be written; undefined when nothing is to be written. */
  #next(key: string, { item, observed, sent }: Written): JsonObject | undefined {
    const { clock } = this.#options;
    if ((this.#forbidden.get(item.resource.kind) ?? 0) > clock.monotonic()) return undefined;
    const status = statusOf(this.#opinion(key, item, observed), observed.status, clock.now());
    const known = saysTheSame(observed.status, status) || (sent && saysTheSame(sent, status));
    return known ? undefined : status;
  }

  #opinion(key: string, item: ConfigItem, { generation }: ObservedObject): Opinion {
    const { entry: entryOf, distribution } = this.#options;
    const entry = entryOf(key);
    const issues = [...item.issues, ...(this.#analysed.get(key) ?? [])];
    // A file has an object of the same name, and wins.
    if (entry === undefined || entry.source !== LOCAL) {
      const message = `${entry?.source ?? 'another source'} has an object of this name, which counts`;
      const { resource, origin } = item;
      const other: Issue = { code: 'QTT1004', severity: 'error', resource, path: '', message, origin };
      return { state: 'rejected', issues: [other, ...issues], generation };
    }
    const { object, state } = entry;
    const distributed = object && state === 'applied' ? distribution.of(object) : undefined;
    return { state, issues, generation, ...(distributed && { distributed }) };
  }

  async #send(key: string, written: Written, status: JsonObject): Promise<void> {
    const { client, metrics, clock, log } = this.#options;
    const { item, observed } = written;
    const { resource } = item;
    try {
      const { uid, resourceVersion } = observed;
      const patched = await client.patch(typeOf(item, observed), resource, {
        type: 'merge',
        subresource: 'status',
        fieldManager: FIELD_MANAGER,
        // An object that has changed since is thought about again when its change arrives.
        body: { metadata: { uid, resourceVersion }, status: { ...removals(observed, status), ...status } },
      });
      written.observed = { ...observed, resourceVersion: patched.resourceVersion, status };
      written.sent = status;
      metrics.statusWrites.add(1, { result: 'written' });
    } catch (error) {
      const result = resultOf(error);
      metrics.statusWrites.add(1, { result });
      if (result === 'forbidden') {
        this.#forbidden.set(resource.kind, clock.monotonic() + FORBIDDEN_MS);
        log.warn(
          { kind: resource.kind, why: errorText(error) },
          'the status of this kind may not be written',
        );
      }
      if (result !== 'failed') return;
      log.warn({ err: errorText(error), key }, 'a status could not be written');
      clock.after(FAILED_MS, () => {
        if (this.#objects.has(key)) this.#touch(key);
      });
    }
  }

  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#wake = undefined;
  }
}

function resultOf(error: unknown): 'outdated' | 'forbidden' | 'failed' {
  if (isNotFound(error) || isConflict(error)) return 'outdated';
  return error instanceof KubeError && error.status === 403 ? 'forbidden' : 'failed';
}

/** In a merge patch a field goes by null. */
function removals({ status }: ObservedObject, next: JsonObject): JsonObject {
  if (typeof status !== 'object' || status === null || Array.isArray(status)) return {};
  return Object.fromEntries(Object.keys(status).flatMap((key) => (key in next ? [] : [[key, null]])));
}

function typeOf({ resource }: ConfigItem, { apiVersion }: ObservedObject): ResourceType {
  const row = kindByName(resource.kind);
  if (row === undefined) throw new TypeError(`unknown kind ${resource.kind}`);
  const { group, plural, kind, scope } = row;
  return { group, version: apiVersion.slice(apiVersion.indexOf('/') + 1), plural, kind, scope };
}

function pathOf({ resource: { kind, namespace, name } }: ConfigItem): string {
  return `${kindByName(kind)?.collection ?? ''}/${namespace}/${name}`;
}
