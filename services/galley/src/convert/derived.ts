import { type ConfigObject, resourceKey } from '@quintet/model';

/** Objects made of others that are new or changed, and the keys (`resourceKey`) of those that are gone. */
export type Derived = { readonly put: readonly ConfigObject[]; readonly removed: readonly string[] };

/**
 * Holds the objects that were made so far. `replace` takes what is made of one origin now and adds to `derived` what
 * differs by version; objects that stay the same keep their identity.
 */
export class DerivedObjects {
  readonly #made = new Map<string, readonly ConfigObject[]>();

  /** The objects of an origin, as `replace` was given them last. */
  of(origin: string): readonly ConfigObject[] {
    return this.#made.get(origin) ?? [];
  }

  replace(origin: string, objects: readonly ConfigObject[], derived: DerivedChanges): void {
    const before = new Map(this.of(origin).map((object) => [resourceKey(object), object]));
    const kept = objects.map((object) => {
      const key = resourceKey(object);
      const known = before.get(key);
      before.delete(key);
      if (known?.version === object.version) return known;
      derived.put.push(object);
      return object;
    });
    derived.removed.push(...before.keys());
    if (kept.length === 0) this.#made.delete(origin);
    else this.#made.set(origin, kept);
  }
}

/** {@link Derived} while it is being collected. */
export type DerivedChanges = { readonly put: ConfigObject[]; readonly removed: string[] };
