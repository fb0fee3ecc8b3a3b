import type { ConfigObject } from '@quintet/model';
import { byName, Collection, type SnapshotResource } from './collection.ts';
import { Planner, type ResponsePlan, type SinkContent } from './planner.ts';
import type { Revision } from './revision.ts';

/** The state of one collection. It is a view: `resources` is always the newest. */
export type CollectionSnapshot = {
  /** Equal versions mean equal content, whatever the order in which it came about. */
  readonly version: string;
  readonly revision: Revision;
  /** By name, in no order. */
  readonly resources: ReadonlyMap<string, SnapshotResource>;
  /** The responses, without nonces, that give a sink everything, or what its content lacks. */
  full(): ResponsePlan;
  difference(content: SinkContent): ResponsePlan;
};

/** Some objects that are new or different, and some that are gone. */
export type SnapshotUpdate = {
  readonly put: Iterable<ConfigObject>;
  readonly removed: Iterable<{ readonly collection: string; readonly name: string }>;
};

/** What a source hands out: read by its streams, written by its owner. */
export type Snapshots = {
  readonly collections: ReadonlySet<string>;
  /** Undefined until the first complete set was published, and for unknown collections. */
  get(collection: string): CollectionSnapshot | undefined;
  /**
   * Replaces everything at once. Collections without objects become empty. Returns the collections that changed (at
   * the first time: all); if none did, nobody is told.
   */
  publish(objects: Iterable<ConfigObject>): readonly string[];
  /**
   * Changes some objects at once; the cost is that of the objects given, however many there are. `removed` names
   * objects as `resourceName` does; what is not there is no mistake, and an object that is in both stays. Returns the
   * collections that changed. Throws before the first complete set was published, and for unknown collections: bugs.
   */
  update(update: SnapshotUpdate): readonly string[];
  /** Calls back after each change with the collections that changed, until the returned function is called. */
  watch(onChange: (changed: readonly string[]) => void): () => void;
};

/**
 * Where a difference is split unless told otherwise: far below what any sink accepts. Each stream has a copy of every
 * response under way, one a collection: larger ones cost memory as soon as many sinks come at once.
 */
const SPLIT_BYTES = 256 * 1024;

/**
 * An empty set of snapshots of these collections: nothing is handed out until `publish` was called. A difference larger
 * than `splitBytes` (256 KiB unless given) is sent in parts.
 */
export function createSnapshots(
  collections: Iterable<string>,
  options: { readonly splitBytes?: number } = {},
): Snapshots {
  const { splitBytes = SPLIT_BYTES } = options;
  const rows = new Map<string, Row>();
  for (const name of collections) {
    const collection = new Collection(name);
    rows.set(name, { collection, planner: new Planner(collection, splitBytes) });
  }
  const watchers = new Set<(changed: readonly string[]) => void>();
  const tell = (changed: readonly string[]): readonly string[] => {
    if (changed.length > 0) for (const watcher of [...watchers]) watcher(changed);
    return changed;
  };
  let published = false;
  return {
    collections: new Set(rows.keys()),
    get(name) {
      const row = rows.get(name);
      return published && row ? snapshotOf(row) : undefined;
    },
    publish(objects) {
      const changed = replaceAll(rows, objects);
      if (published) return tell(changed);
      published = true;
      return tell([...rows.keys()]);
    },
    update(update) {
      if (!published) throw new TypeError('an update before the first complete set');
      return tell(updateSome(rows, update));
    },
    watch(onChange) {
      // An own function a call: the same callback may watch twice.
      const watcher = (changed: readonly string[]): void => onChange(changed);
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

type Row = { readonly collection: Collection; readonly planner: Planner };
type Rows = ReadonlyMap<string, Row>;

function snapshotOf({ collection, planner }: Row): CollectionSnapshot {
  const { revision, resources } = collection;
  return {
    version: revision.version,
    revision,
    resources,
    full: () => planner.full(),
    difference: (content) => planner.difference(content),
  };
}

function replaceAll(rows: Rows, objects: Iterable<ConfigObject>): string[] {
  const grouped = Map.groupBy(objects, (object) => known(rows, object.collection));
  const puts = [...rows.values()].map((row) => ({ row, put: byName(grouped.get(row) ?? []) }));
  return puts.flatMap(({ row: { collection }, put }) => {
    const removed = [...collection.resources.keys()].filter((name) => !put.has(name));
    return collection.update({ put, removed }) ? [collection.name] : [];
  });
}

function updateSome(rows: Rows, { put, removed }: SnapshotUpdate): string[] {
  const puts = Map.groupBy(put, (object) => known(rows, object.collection));
  const gone = Map.groupBy(removed, ({ collection }) => known(rows, collection));
  const updates = [...new Set([...puts.keys(), ...gone.keys()])].map((row) => ({
    row,
    put: byName(puts.get(row) ?? []),
    removed: (gone.get(row) ?? []).map(({ name }) => name),
  }));
  return updates.flatMap(({ row: { collection }, ...update }) =>
    collection.update(update) ? [collection.name] : [],
  );
}

function known(rows: Rows, collection: string): Row {
  const row = rows.get(collection);
  if (row === undefined) throw new TypeError(`no snapshot of collection ${collection}`);
  return row;
}
