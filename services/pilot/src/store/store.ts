import type { CollectionChange } from '@quintet/mcp';
import type { ConfigObject } from '@quintet/model';

/** All configuration objects pilot knows; the one owner of them. */
export type Store = {
  /** Applies a change of one collection as a whole. */
  readonly apply: (change: CollectionChange) => void;
  readonly objects: () => Iterable<ConfigObject>;
  /** How many objects there are, by collection. */
  readonly counts: () => ReadonlyMap<string, number>;
  /** An object by `<collection>/<namespace>/<name>`. */
  readonly bySource: (source: string) => ConfigObject | undefined;
};

/** An empty store; `changed` is called after each change. */
export function createStore(changed: (collection: string) => void): Store {
  const collections = new Map<string, Map<string, ConfigObject>>();
  return {
    apply({ collection, full, updated, removed }) {
      const objects = full ? new Map<string, ConfigObject>() : (collections.get(collection) ?? new Map());
      for (const name of removed) objects.delete(name);
      for (const object of updated) objects.set(keyOf(object), object);
      collections.set(collection, objects);
      changed(collection);
    },
    *objects() {
      for (const objects of collections.values()) yield* objects.values();
    },
    counts: () => new Map([...collections].map(([collection, objects]) => [collection, objects.size])),
    bySource(source) {
      const [name = '', namespace = '', ...rest] = source.split('/').reverse();
      const objects = collections.get(rest.reverse().join('/'));
      return objects?.get(namespace === '' ? name : `${namespace}/${name}`);
    },
  };
}

/** The name an object has in its collection: `namespace/name`, or `name` for objects of cluster scope. */
function keyOf({ namespace, name }: ConfigObject): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
