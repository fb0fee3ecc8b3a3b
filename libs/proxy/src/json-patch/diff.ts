import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { equalJson } from './equal-json.ts';
import { jsonPointer, type PatchOperation } from './json-patch.ts';

type Path = readonly (string | number)[];

/**
 * The steps that make `to` of `from`; none when they are equal. Objects are compared key by key. Lists are compared
 * as Kubernetes means them: elements with a `name` are the same element when the name is the same, others when they
 * are equal; what is new is inserted where it belongs, what stays is not rewritten.
 */
export function diffJson(from: JsonValue, to: JsonValue): PatchOperation[] {
  const operations: PatchOperation[] = [];
  diffValue(from, to, [], operations);
  return operations;
}

function diffValue(from: JsonValue, to: JsonValue, path: Path, operations: PatchOperation[]): void {
  if (equalJson(from, to)) return;
  if (Array.isArray(from) && Array.isArray(to)) diffList(from, to, path, operations);
  else if (isObject(from) && isObject(to)) diffObject(from, to, path, operations);
  else operations.push({ op: 'replace', path: jsonPointer(path), value: to });
}

function diffObject(from: JsonObject, to: JsonObject, path: Path, operations: PatchOperation[]): void {
  for (const key of Object.keys(from)) {
    if (!Object.hasOwn(to, key)) operations.push({ op: 'remove', path: jsonPointer([...path, key]) });
  }
  for (const [key, value] of Object.entries(to)) {
    if (Object.hasOwn(from, key)) diffValue(from[key] ?? null, value, [...path, key], operations);
    else operations.push({ op: 'add', path: jsonPointer([...path, key]), value });
  }
}

/** Removes from the end, so that indexes before stay; then goes forward, and each index is that of the new list. */
function diffList(
  from: readonly JsonValue[],
  to: readonly JsonValue[],
  path: Path,
  operations: PatchOperation[],
): void {
  const kept = keptElements(from, to);
  for (let index = from.length - 1; index >= 0; index--) {
    if (!kept.some(([old]) => old === index)) {
      operations.push({ op: 'remove', path: jsonPointer([...path, index]) });
    }
  }
  for (const [index, value] of to.entries()) {
    const old = kept.find(([, position]) => position === index)?.[0];
    if (old === undefined) operations.push({ op: 'add', path: jsonPointer([...path, index]), value });
    else diffValue(from[old] ?? null, value, [...path, index], operations);
  }
}

/** Pairs of indexes of elements that are in both lists, in the order of both: greedy, which lists of names need no more than. */
function keptElements(from: readonly JsonValue[], to: readonly JsonValue[]): (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  let next = 0;
  for (const [index, value] of to.entries()) {
    const old = from.findIndex((one, position) => position >= next && sameElement(one, value));
    if (old < 0) continue;
    pairs.push([old, index]);
    next = old + 1;
  }
  return pairs;
}

function sameElement(a: JsonValue, b: JsonValue): boolean {
  const named = isObject(a) && isObject(b) && typeof a.name === 'string';
  return named ? a.name === b.name : equalJson(a, b);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
