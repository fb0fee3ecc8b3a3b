import type { Bag, Value } from '@quintet/expr';

/** Finds the value of one attribute in a message; undefined when the message does not have it. */
export type Extractor<Source> = (source: Source) => Value | undefined;

/** A bag whose attributes are found in a message when they are first asked for, and remembered. */
export function lazyBag<Source>(source: Source, extractors: ReadonlyMap<string, Extractor<Source>>): Bag {
  const known = new Map<string, Value | undefined>();
  return {
    get: (name) => {
      const value = known.get(name);
      if (value !== undefined || known.has(name)) return value;
      const found = extractors.get(name)?.(source);
      known.set(name, found);
      return found;
    },
  };
}

/** A bag that asks the first bag, then the second. */
export function layeredBag(first: Bag, second: Bag): Bag {
  return { get: (name) => first.get(name) ?? second.get(name) };
}
