import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { CollectionChange } from '@quintet/mcp';
import { resourceName } from '@quintet/mcp';
import { type ConfigObject, isOfSchema } from '@quintet/model';

/** The configuration that galley handed out, by collection. */
export type ConfigStore = {
  apply(change: CollectionChange): void;
  /** Everything there is, in no particular order. */
  objects(): Iterable<ConfigObject>;
  /** The objects of a collection, sorted by name. */
  all<S extends DescMessage>(collection: string, schema: S): readonly ConfigObject<MessageShape<S>>[];
};

/** An empty store. */
export function createConfigStore(): ConfigStore {
  const collections = new Map<string, Map<string, ConfigObject>>();
  return {
    apply: ({ collection, full, updated, removed }) => {
      const known = full ? undefined : collections.get(collection);
      const next = known ?? new Map<string, ConfigObject>();
      for (const name of removed) next.delete(name);
      for (const object of updated) next.set(resourceName(object), object);
      collections.set(collection, next);
    },
    *objects() {
      for (const objects of collections.values()) yield* objects.values();
    },
    all: (collection, schema) => {
      const objects = [...(collections.get(collection)?.values() ?? [])];
      const ofKind = objects.filter((object) => isOfSchema(object, schema));
      return ofKind.sort((a, b) => (resourceName(a) < resourceName(b) ? -1 : 1));
    },
  };
}
