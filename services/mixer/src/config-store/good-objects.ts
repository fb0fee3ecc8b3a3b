import type { ObjectsChange } from '@quintet/files';
import type { ConfigObject } from '@quintet/model';
import type { ConfigStore } from './store.ts';

/** The last good version of every object in the files that mixer reads, handed to the store by collection. */
export class GoodObjects {
  readonly #store: ConfigStore;
  readonly #collections: ReadonlyMap<string, Map<string, ConfigObject>>;
  readonly #collectionOf = new Map<string, string>();
  /** Collections that differ from those in the store: all, at first. */
  #changed: Set<string>;

  constructor(store: ConfigStore, collections: readonly string[]) {
    this.#store = store;
    this.#collections = new Map(collections.map((name) => [name, new Map()]));
    this.#changed = new Set(collections);
  }

  take({ put, removed }: ObjectsChange): void {
    for (const item of put) {
      if (item.kind !== 'config' || item.object === undefined) continue;
      const { collection } = item.object;
      const objects = this.#collections.get(collection);
      if (objects === undefined) continue;
      objects.set(item.key, item.object);
      this.#collectionOf.set(item.key, collection);
      this.#changed.add(collection);
    }
    for (const key of removed) {
      const collection = this.#collectionOf.get(key);
      if (collection === undefined) continue;
      this.#collections.get(collection)?.delete(key);
      this.#collectionOf.delete(key);
      this.#changed.add(collection);
    }
  }

  /** Brings the store up to date; returns the collections that changed. */
  fill(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const collection of changed) {
      const updated = [...(this.#collections.get(collection)?.values() ?? [])];
      this.#store.apply({ collection, version: '', full: true, updated, removed: [] });
    }
    return changed;
  }
}
