import type { CollectionChange } from '@quintet/mcp';
import type { ConfigObject } from '@quintet/model';
import { deniesInstead, type Refusal, reasonsToRefuse } from './refusal.ts';

/** All configuration objects pilot knows; the one owner of them. */
export type Store = {
  /**
   * Applies a change of one collection as a whole. An object that restricts access in a way that is not realised is
   * refused: the store is as if this version of it had never come. Only a policy that was never accepted stays, to deny.
   */
  readonly apply: (change: CollectionChange) => void;
  readonly objects: () => Iterable<ConfigObject>;
  /** How many objects there are, by collection. */
  readonly counts: () => ReadonlyMap<string, number>;
  /** An object by `<collection>/<namespace>/<name>`. */
  readonly bySource: (source: string) => ConfigObject | undefined;
  /** What galley hands out at the moment and pilot does not take. */
  readonly refusals: () => readonly Refusal[];
};

export type StoreOptions = {
  /** Called after each change. */
  readonly changed: (collection: string) => void;
  /** Called once for each version that is refused. */
  readonly onRefused: (refusal: Refusal) => void;
};

/** The objects of one collection by their names in it; what is refused stands in `objects` as it was before. */
type Shelf = {
  readonly objects: Map<string, ConfigObject>;
  readonly refused: Map<string, Refusal>;
};

/** An empty store. */
export function createStore({ changed, onRefused }: StoreOptions): Store {
  const shelves = new Map<string, Shelf>();
  return {
    apply({ collection, full, updated, removed }) {
      const before = shelves.get(collection) ?? newShelf();
      const shelf = full ? newShelf() : before;
      shelves.set(collection, shelf);
      for (const name of removed) {
        shelf.objects.delete(name);
        shelf.refused.delete(name);
      }
      for (const object of updated) {
        const refusal = put(object, shelf, before);
        if (refusal !== undefined) onRefused(refusal);
      }
      changed(collection);
    },
    *objects() {
      for (const { objects } of shelves.values()) yield* objects.values();
    },
    counts: () => new Map([...shelves].map(([collection, { objects }]) => [collection, objects.size])),
    bySource(source) {
      const [name = '', namespace = '', ...rest] = source.split('/').reverse();
      const shelf = shelves.get(rest.reverse().join('/'));
      return shelf?.objects.get(namespace === '' ? name : `${namespace}/${name}`);
    },
    refusals: () => [...shelves.values()].flatMap(({ refused }) => [...refused.values()]),
  };
}

function newShelf(): Shelf {
  return { objects: new Map(), refused: new Map() };
}

/** Puts an object on the shelf, or refuses it and keeps the version from before; answers with a refusal that is new. */
function put(object: ConfigObject, shelf: Shelf, before: Shelf): Refusal | undefined {
  const key = keyOf(object);
  const issues = reasonsToRefuse(object);
  if (issues.length === 0) {
    shelf.objects.set(key, object);
    shelf.refused.delete(key);
    return undefined;
  }
  const earlier = before.refused.get(key);
  const kept = earlier === undefined ? before.objects.get(key) : earlier.kept;
  const inUse = kept ?? (deniesInstead(object) ? object : undefined);
  if (inUse !== undefined) shelf.objects.set(key, inUse);
  const isNew = earlier?.object.version !== object.version;
  const refusal = { object, issues, ...(kept && { kept }) };
  shelf.refused.set(key, refusal);
  return isNew ? refusal : undefined;
}

/** The name an object has in its collection: `namespace/name`, or `name` for objects of cluster scope. */
function keyOf({ namespace, name }: ConfigObject): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
