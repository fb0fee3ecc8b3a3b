import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { below, pick, type RandomNumbers } from './random.ts';

const NASTY_KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'then', 'polluted'],
  ...['', ' ', 'a'.repeat(300), '\u0000', 'spec', 'metadata', '@type', '$typeName', '0', '-1', 'é'],
];
const NASTY_VALUES: readonly JsonValue[] = [
  ...[null, true, false, 0, -0, -1, 1e308, 0.1, 2 ** 53, -(2 ** 63)],
  ...['', ' ', '\ud800', '__proto__', '-5s', '99999999999999999999s', '((((', '[a-', '(a*)*b', '\u0000'],
  ...['a'.repeat(2000), 'a.'.repeat(200), '::1/129', '{{ x }}', '*.*', '0x1f', '1_000', '~', 'NaN'],
  ...[[], {}, [[[[]]]], { a: { b: { c: 1 } } }, ['x', 1, null]],
  JSON.parse('{"__proto__": {"polluted": true}}'),
  { constructor: { prototype: { polluted: true } } },
];

/** Puts something else in the place of one value, somewhere on the way down; the rest is shared. */
export function mutateTree(value: JsonValue, random: RandomNumbers): JsonValue {
  if (typeof value !== 'object' || value === null || random() < 0.12) return mutated(value, random);
  const keys = Object.keys(value);
  if (keys.length === 0) return mutated(value, random);
  if (Array.isArray(value)) {
    const index = below(value.length, random);
    return value.with(index, mutateTree(value[index] ?? null, random));
  }
  const key = pick(keys, random);
  return withKey(value, key, mutateTree(value[key] ?? null, random));
}

/** Breaks a text: a piece is left out, doubled, or replaced by one of `tokens`. */
export function mutateText(text: string, tokens: readonly string[], random: RandomNumbers): string {
  const from = below(text.length, random);
  const to = from + below(20, random);
  const piece = random() < 0.3 ? text.slice(from, to).repeat(below(4, random)) : pick(tokens, random);
  return text.slice(0, from) + piece + text.slice(random() < 0.5 ? from : to);
}

function mutated(value: JsonValue, random: RandomNumbers): JsonValue {
  const kind = random();
  if (kind < 0.4) return pick(NASTY_VALUES, random);
  if (kind < 0.5) return nested(value, below(random() < 0.1 ? 100 : 6, random));
  if (Array.isArray(value))
    return kind < 0.8
      ? [...value, ...value, pick(NASTY_VALUES, random)]
      : Array.from({ length: 8 }, () => value);
  if (typeof value !== 'object' || value === null) return kind < 0.7 ? String(value) : [value];
  return withKey(value, pick(NASTY_KEYS, random), kind < 0.7 ? value : pick(NASTY_VALUES, random));
}

/** A copy with an own key of any name, `__proto__` too, as a parser of JSON makes it. */
function withKey(object: JsonObject, key: string, value: JsonValue): JsonObject {
  const enumerable = { enumerable: true, configurable: true, writable: true };
  return Object.defineProperty({ ...object }, key, { value, ...enumerable });
}

function nested(value: JsonValue, levels: number): JsonValue {
  let deep = value;
  for (let level = 0; level < levels; level += 1) deep = level % 2 === 0 ? [deep] : { a: deep };
  return deep;
}
