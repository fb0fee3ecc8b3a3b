import { isMap } from './equality.ts';
import type { Bag, StringMap, Value } from './value.ts';

/** What an evaluation looked at, and so what its result depends on. */
export type Reference = {
  readonly name: string;
  /** The key that was looked up in the map `name`; absent for the attribute itself. */
  readonly key?: string;
  /**
   * `absent`: it was not there. `exact`: its value was used. `keys`: a map of which only single keys were used, each with
   * a reference of its own.
   */
  readonly condition: 'absent' | 'exact' | 'keys';
};

/** A bag that remembers what was asked of it. */
export type TrackingBag = Bag & {
  /** Everything asked so far, in the order of the first asking. */
  references(): readonly Reference[];
};

/** Wraps a bag so that every look-up, also of single map keys and of what is absent, is remembered. */
export function trackReferences(bag: Bag): TrackingBag {
  const references = new Map<string, Reference>();
  const maps = new Map<string, StringMap>();
  const note = (reference: Reference) =>
    references.set(`${reference.name}\0${reference.key ?? ''}`, reference);
  const tracked = (name: string, map: StringMap): StringMap => ({
    kind: 'map',
    get: (key) => {
      const value = map.get(key);
      note({ name, key, condition: value === undefined ? 'absent' : 'exact' });
      return value;
    },
    entries: () => {
      note({ name, condition: 'exact' });
      return map.entries();
    },
  });
  return {
    get: (name) => {
      const known = maps.get(name);
      if (known !== undefined) return known;
      const value = bag.get(name);
      if (value === undefined) note({ name, condition: 'absent' });
      else if (!isMap(value)) note({ name, condition: 'exact' });
      else return remember(name, tracked(name, value));
      return value;
    },
    references: () => [...references.values()],
  };

  function remember(name: string, map: StringMap): Value {
    maps.set(name, map);
    note({ name, condition: 'keys' });
    return map;
  }
}

/** References as text, sorted: `a`, `-a` for an absent attribute, `m[key]`, `-m[key]` for an absent key. */
export function formatReferences(references: readonly Reference[]): readonly string[] {
  return references
    .map(
      ({ name, key, condition }) =>
        `${condition === 'absent' ? '-' : ''}${name}${key === undefined ? '' : `[${key}]`}`,
    )
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
