import {
  type ConfigObject,
  type Issue,
  type NativeChange,
  type ResourceRef,
  resourceKey,
} from '@quintet/model';
import type { ConfigChange, Entry, EntryChange, StoreChange } from './entry.ts';
import { duplicateIssue, issueDifference, nextEntry, sameContent, toldChange } from './next-entry.ts';
import type { ConfigItem, NativeItem, SourceBatch } from './source.ts';

/** Changed and removed objects that were made of others. */
export type Derived = {
  readonly put: readonly ConfigObject[];
  readonly removed: readonly string[];
  /** All that is wrong with what objects were made of. */
  readonly issues: readonly Issue[];
};

/** Makes objects of others: service entries of services, say. Is told of every change once, in the order of the batches. */
export type Derive = (change: {
  readonly native: readonly NativeChange[];
  readonly config: readonly ConfigChange[];
}) => Derived;

export type ConfigStoreOptions = {
  /** Names of the sources to wait for. Of an object that several have, the one of the first source counts. */
  readonly sources: readonly string[];
  /** What was handed out before a restart: stands in for objects that are wrong now. */
  readonly lastGood: readonly ConfigObject[];
  /** Objects without which nothing is handed out, though every source is synced: those that are not valid and never were. */
  readonly required?: readonly ResourceRef[];
  /** Derived objects give way to those that people wrote. */
  readonly derive?: Derive;
};

/** How many objects there are. */
export type StoreCounts = {
  /** Handed out, by collection. */
  readonly instances: ReadonlyMap<string, number>;
  readonly held: number;
  readonly rejected: number;
};

/** The configuration as galley knows it: one owner, changed only by `take`. */
export type ConfigStore = {
  /** Takes a batch over, at a cost in proportion to the batch. Throws for a source that is neither on the list nor `kube/…`: a bug. */
  take(batch: SourceBatch): StoreChange;
  /** By `resourceKey`, derived objects included. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Issues that belong to no object: unreadable files and documents, objects that are defined twice. */
  issues(): readonly Issue[];
  /** The objects of Kubernetes of a source, by `nativeKey`. */
  native(source: string): ReadonlyMap<string, NativeItem>;
  counts(): StoreCounts;
  /** What the first complete set waits for: names of sources, or required objects. Undefined since it was there. */
  missing(): { readonly sources: readonly string[]; readonly required: readonly ResourceRef[] } | undefined;
  /** What people wrote and is handed out: what is to be kept over a restart. */
  written(): Iterable<ConfigObject>;
};

/** The source of derived objects; last, so that it gives way. */
const DERIVED = 'derived';

/** Other clusters come and go; their sources are not waited for. */
const REMOTE = 'kube/';

/** A store that knows nothing but what was handed out before a restart. */
export function createConfigStore(options: ConfigStoreOptions): ConfigStore {
  return new Store(options);
}

type SourceState = {
  synced: boolean;
  issues: readonly Issue[];
  readonly config: Map<string, ConfigItem>;
  /** The last good versions of objects that are wrong now, by key. */
  readonly good: Map<string, ConfigObject>;
  readonly native: Map<string, NativeItem>;
};

/** What a take has found so far. */
type Found = {
  readonly told: EntryChange[];
  readonly newIssues: Issue[];
  /** By key. */
  readonly config: Map<string, ConfigChange>;
};

class Store implements ConfigStore {
  readonly entries = new Map<string, Entry>();
  readonly #options: ConfigStoreOptions;
  /** In the order of precedence. */
  readonly #sources: Map<string, SourceState>;
  /** Issues of objects that do not count because an earlier source has them, by key. */
  readonly #duplicates = new Map<string, readonly Issue[]>();
  readonly #instances = new Map<string, number>();
  readonly #quarantined = { held: 0, rejected: 0 };
  /** From before the restart; since the first complete set only of objects for which they stand in. */
  readonly #lastGood: Map<string, ConfigObject>;
  #complete = false;

  constructor(options: ConfigStoreOptions) {
    this.#options = options;
    this.#sources = new Map([...options.sources, DERIVED].map((name) => [name, emptySource()]));
    this.#lastGood = new Map(options.lastGood.map((object) => [resourceKey(object), object]));
  }

  take(batch: SourceBatch): StoreChange {
    const { name, source } = this.#source(batch.source);
    const found: Found = { told: [], newIssues: [], config: new Map() };
    if (batch.issues !== undefined) this.#takeIssues(source, batch.issues, found);
    if (batch.synced) source.synced = true;
    const native = takeNative(name, source, batch);
    const put = batch.put.filter((item) => item.kind === 'config');
    this.#takeConfig(source, { put, removed: batch.removed }, found);
    this.#takeDerived(native, found);
    const first = !this.#complete && this.#waitsForNothing();
    if (first) {
      this.#complete = true;
      for (const key of this.#lastGood.keys()) this.#forgetLastGood(key);
    }
    const { told, newIssues } = found;
    const changed = this.#complete ? [...found.config.values()] : [];
    return { told, newIssues, config: first ? this.#everything() : changed, native, first };
  }

  issues(): readonly Issue[] {
    const ofSources = [...this.#sources.values()].flatMap((source) => source.issues);
    return [...ofSources, ...[...this.#duplicates.values()].flat()];
  }

  native(source: string): ReadonlyMap<string, NativeItem> {
    return this.#source(source).source.native;
  }

  counts(): StoreCounts {
    return { instances: this.#instances, ...this.#quarantined };
  }

  missing(): { sources: readonly string[]; required: readonly ResourceRef[] } | undefined {
    if (this.#complete) return undefined;
    const { sources, required = [] } = this.#options;
    return {
      sources: sources.filter((name) => !this.#source(name).source.synced),
      required: required.filter((resource) => this.entries.get(resourceKey(resource))?.object === undefined),
    };
  }

  *written(): Iterable<ConfigObject> {
    for (const { object, source } of this.entries.values())
      if (object !== undefined && source !== DERIVED) yield object;
  }

  #source(name: string): { name: string; source: SourceState } {
    const known = this.#sources.get(name);
    if (known !== undefined) return { name, source: known };
    if (!name.startsWith(REMOTE))
      throw new TypeError(`no source ${name}; there are ${[...this.#sources.keys()].join(', ')}`);
    const source = emptySource();
    this.#sources.set(name, source);
    return { name, source };
  }

  #waitsForNothing(): boolean {
    const missing = this.missing();
    return missing !== undefined && missing.sources.length === 0 && missing.required.length === 0;
  }

  #everything(): ConfigChange[] {
    return [...this.entries.values()].flatMap(({ object }) =>
      object === undefined ? [] : [{ after: object }],
    );
  }

  #takeIssues(source: SourceState, issues: readonly Issue[], found: Found): void {
    if (issues === source.issues) return;
    found.newIssues.push(...issueDifference(source.issues, issues));
    source.issues = issues;
  }

  #takeConfig(
    source: SourceState,
    { put, removed }: { readonly put: readonly ConfigItem[]; readonly removed: readonly string[] },
    found: Found,
  ): void {
    for (const item of put) putItem(source, item);
    const gone = removed.filter((key) => removeItem(source, key));
    for (const item of put) this.#settle(item.key, found);
    for (const key of gone) this.#settle(key, found);
  }

  #takeDerived(native: readonly NativeChange[], found: Found): void {
    const { derive } = this.#options;
    if (derive === undefined || (native.length === 0 && found.config.size === 0)) return;
    const { put, removed, issues } = derive({ native, config: [...found.config.values()] });
    const items = put.map((object): ConfigItem => {
      const { kind, namespace, name, origin = NOWHERE } = object;
      const resource = { kind, namespace, name };
      return { kind: 'config', key: resourceKey(resource), resource, origin, object, issues: [] };
    });
    const { source } = this.#source(DERIVED);
    this.#takeIssues(source, issues, found);
    this.#takeConfig(source, { put: items, removed }, found);
  }

  /** Makes the entry of a key what the sources say now. */
  #settle(key: string, found: Found): void {
    const before = this.entries.get(key);
    const [winner, ...losers] = this.#having(key);
    // Whoever is wrong and was never right gives way to the next, so that the order of events makes no difference.
    const good =
      winner?.good ?? losers.find((each) => each.good !== undefined)?.good ?? this.#lastGood.get(key);
    const after = winner && nextEntry(winner, good);
    this.#settleDuplicates(key, after, losers, found);
    if (after === undefined) this.entries.delete(key);
    else this.entries.set(key, after);
    if (this.#complete) this.#forgetLastGood(key);
    this.#count(before, -1);
    this.#count(after, 1);
    const told = toldChange(writtenOnly(before), writtenOnly(after));
    if (told !== undefined) found.told.push(told);
    if (sameContent(before, after)) return;
    const earlier = found.config.get(key);
    const old = earlier === undefined ? before?.object : earlier.before;
    found.config.set(key, { ...(old && { before: old }), ...(after?.object && { after: after.object }) });
  }

  /** The sources that have the object, in the order of precedence, each with its last good version. */
  #having(
    key: string,
  ): { readonly source: string; readonly item: ConfigItem; readonly good?: ConfigObject }[] {
    const having = [];
    for (const [source, { config, good }] of this.#sources) {
      const item = config.get(key);
      const object = item?.object ?? good.get(key);
      if (item !== undefined) having.push({ source, item, ...(object && { good: object }) });
    }
    return having;
  }

  /** What stands in for nothing is not needed any more. */
  #forgetLastGood(key: string): void {
    const entry = this.entries.get(key);
    if (entry?.object === undefined || entry.object !== this.#lastGood.get(key)) this.#lastGood.delete(key);
  }

  #settleDuplicates(
    key: string,
    winner: Entry | undefined,
    losers: readonly { readonly item: ConfigItem }[],
    found: Found,
  ): void {
    const before = this.#duplicates.get(key) ?? [];
    if (winner === undefined || losers.length === 0) {
      if (before.length > 0) this.#duplicates.delete(key);
      return;
    }
    const issues = losers.map(({ item }) => duplicateIssue(item, winner));
    this.#duplicates.set(key, issues);
    found.newIssues.push(...issueDifference(before, issues));
  }

  #count(entry: Entry | undefined, by: 1 | -1): void {
    if (entry === undefined) return;
    const { object, state } = entry;
    if (state !== 'applied') this.#quarantined[state] += by;
    if (object === undefined) return;
    this.#instances.set(object.collection, (this.#instances.get(object.collection) ?? 0) + by);
  }
}

const NOWHERE = { file: '', line: 1 };

/** Nobody is told of derived objects: they change with what they are made of. */
function writtenOnly(entry: Entry | undefined): Entry | undefined {
  return entry?.source === DERIVED ? undefined : entry;
}

function emptySource(): SourceState {
  return { synced: false, issues: [], config: new Map(), good: new Map(), native: new Map() };
}

function putItem({ config, good }: SourceState, item: ConfigItem): void {
  const before = config.get(item.key)?.object;
  if (item.object !== undefined) good.delete(item.key);
  else if (before !== undefined) good.set(item.key, before);
  config.set(item.key, item);
}

function removeItem({ config, good }: SourceState, key: string): boolean {
  good.delete(key);
  return config.delete(key);
}

function takeNative(name: string, source: SourceState, { put, removed }: SourceBatch): NativeChange[] {
  const changes: NativeChange[] = [];
  for (const item of put) {
    if (item.kind !== 'native') continue;
    const before = source.native.get(item.key)?.object;
    source.native.set(item.key, item);
    if (before !== undefined && before.version === item.object.version && before.uid === item.object.uid)
      continue;
    changes.push({ source: name, ...(before && { before }), after: item.object });
  }
  for (const key of removed) {
    const before = source.native.get(key)?.object;
    if (source.native.delete(key) && before !== undefined) changes.push({ source: name, before });
  }
  return changes;
}
