import { createHash } from 'node:crypto';
import { toBinary } from '@bufbuild/protobuf';
import type { ConfigObject } from '@quintet/model';
import { type Resource, ResourceSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { resourceName, toResource } from './resource.ts';

/** One resource as it is handed out; `size` is its length on the wire in bytes. */
export type SnapshotResource = {
  readonly name: string;
  readonly version: string;
  readonly resource: Resource;
  readonly size: number;
};

/** The state of one collection. Equal versions mean equal content. */
export type CollectionSnapshot = {
  readonly version: string;
  /** By name, sorted. */
  readonly resources: ReadonlyMap<string, SnapshotResource>;
};

/** What a source hands out: read by its streams, written by its owner. */
export type Snapshots = {
  readonly collections: ReadonlySet<string>;
  /** Undefined until the first complete set was published, and for unknown collections. */
  get(collection: string): CollectionSnapshot | undefined;
  /**
   * Replaces everything at once. Collections without objects become empty. Returns the collections that changed;
   * those that did not stay the same snapshot, and if none changed nobody is told.
   */
  publish(objects: Iterable<ConfigObject>): readonly string[];
  /** Calls back after each change, until the returned function is called. */
  watch(onChange: () => void): () => void;
};

/** An empty set of snapshots of these collections: nothing is handed out until `publish` was called. */
export function createSnapshots(collections: Iterable<string>): Snapshots {
  const known = new Set(collections);
  const watchers = new Set<() => void>();
  let current: ReadonlyMap<string, CollectionSnapshot> = new Map();
  return {
    collections: known,
    get: (collection) => current.get(collection),
    publish(objects) {
      const next = nextSnapshots(known, current, objects);
      const changed = [...known].filter((collection) => next.get(collection) !== current.get(collection));
      current = next;
      if (changed.length > 0) for (const watcher of [...watchers]) watcher();
      return changed;
    },
    watch(onChange) {
      // An own function a call: the same callback may watch twice.
      const watcher = (): void => onChange();
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

function nextSnapshots(
  known: ReadonlySet<string>,
  current: ReadonlyMap<string, CollectionSnapshot>,
  objects: Iterable<ConfigObject>,
): ReadonlyMap<string, CollectionSnapshot> {
  const grouped = new Map<string, ConfigObject[]>([...known].map((collection) => [collection, []]));
  for (const object of objects) {
    const group = grouped.get(object.collection);
    if (group === undefined) throw new TypeError(`no snapshot of collection ${object.collection}`);
    group.push(object);
  }
  return new Map(
    [...grouped].map(([collection, group]) => [collection, nextSnapshot(current.get(collection), group)]),
  );
}

function nextSnapshot(current: CollectionSnapshot | undefined, objects: ConfigObject[]): CollectionSnapshot {
  const named = objects.map((object) => ({ name: resourceName(object), object }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = createHash('sha256');
  for (const { name, object } of named) hash.update(JSON.stringify([name, object.version]));
  const version = hash.digest('base64url').slice(0, 22);
  if (current?.version === version) return current;
  const resources = new Map<string, SnapshotResource>();
  for (const { name, object } of named) {
    if (resources.has(name)) throw new TypeError(`${object.collection} ${name} is published twice`);
    const before = current?.resources.get(name);
    resources.set(name, before?.version === object.version ? before : snapshotResource(name, object));
  }
  return { version, resources };
}

function snapshotResource(name: string, object: ConfigObject): SnapshotResource {
  const resource = toResource(object);
  return { name, version: object.version, resource, size: toBinary(ResourceSchema, resource).length };
}
