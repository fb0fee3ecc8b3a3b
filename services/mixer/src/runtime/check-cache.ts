import { type Bag, isMap, type Reference, type Value, valueToJson } from '@quintet/expr';
import type { CheckOutcome } from './check-outcome.ts';

export type CacheEvents = { hit(): void; miss(): void; write(): void; evict(): void };

/** Remembers outcomes of checks by the attributes they referred to. */
export type CheckCache = {
  /** The outcome of an earlier check whose referenced attributes had the values that the bag has now. */
  find(bag: Bag, now: number): CheckOutcome | undefined;
  store(bag: Bag, outcome: CheckOutcome, now: number): void;
};

type Shape = { readonly id: number; readonly references: readonly Reference[] };
type Entry = { readonly outcome: CheckOutcome; readonly expires: number };

/** Different sets of referenced attributes that are tried; more come only of keys that are attributes themselves. */
const MOST_SHAPES = 64;

/**
 * A cache of at most `size` outcomes, the least recently used forgotten first. A shape is a set of attribute names and map
 * keys; an entry's key is its shape with the values (or the absence) of all of them.
 */
export function createCheckCache(size: number, events: CacheEvents): CheckCache {
  const shapes = new Map<string, Shape>();
  const entries = new Map<string, Entry>();
  let nextId = 0;
  const shapeOf = (references: readonly Reference[]): Shape => {
    const key = JSON.stringify(
      references.map(({ name, key: member }) => [name, member ?? null]).sort(byText),
    );
    const known = shapes.get(key);
    if (known !== undefined) return known;
    const oldest = shapes.keys().next().value;
    if (shapes.size >= MOST_SHAPES && oldest !== undefined) shapes.delete(oldest);
    const made = { id: nextId++, references };
    shapes.set(key, made);
    return made;
  };
  return {
    find: (bag, now) => {
      for (const shape of shapes.values()) {
        const key = entryKey(shape, bag);
        const entry = entries.get(key);
        if (entry === undefined) continue;
        entries.delete(key);
        if (entry.expires <= now) continue;
        entries.set(key, entry);
        events.hit();
        return entry.outcome;
      }
      events.miss();
      return undefined;
    },
    store: (bag, outcome, now) => {
      if (size === 0 || outcome.validDurationMs <= 0 || outcome.validUseCount <= 0) return;
      const oldest = entries.keys().next().value;
      if (entries.size >= size && oldest !== undefined) {
        entries.delete(oldest);
        events.evict();
      }
      const references = outcome.references.filter(({ condition }) => condition !== 'keys');
      entries.set(entryKey(shapeOf(references), bag), { outcome, expires: now + outcome.validDurationMs });
      events.write();
    },
  };
}

/** Values carry their length, so that no two lists of values have the same text. */
function entryKey({ id, references }: Shape, bag: Bag): string {
  let key = `${id}`;
  for (const { name, key: member } of references) {
    const attribute = bag.get(name);
    const value = member === undefined ? attribute : memberOf(attribute, member);
    const text = value === undefined ? '-' : valueText(value);
    key += `|${text.length}:${text}`;
  }
  return key;
}

function memberOf(value: Value | undefined, key: string): Value | undefined {
  return value !== undefined && isMap(value) ? value.get(key) : undefined;
}

function valueText(value: Value): string {
  if (typeof value === 'string') return `+${value}`;
  const json = valueToJson(value);
  return `+${typeof json === 'object' ? JSON.stringify(json) : String(json)}`;
}

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
