import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { type PatchOperation, parseJsonPointer } from './json-patch.ts';

/**
 * Applies the operations that `diffJson` writes to a copy of `document`, as RFC 6902 says; throws TypeError when a
 * path leads nowhere.
 */
export function applyPatch(document: JsonValue, patch: readonly PatchOperation[]): JsonValue {
  return patch.reduce(
    (value, operation) => applyAt(value, parseJsonPointer(operation.path), operation),
    document,
  );
}

function applyAt(target: JsonValue, path: readonly string[], operation: PatchOperation): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (operation.op === 'remove') throw new TypeError('the whole document cannot be removed');
    return operation.value;
  }
  if (Array.isArray(target)) return applyToList(target, { key, rest, operation });
  if (typeof target === 'object' && target !== null) return applyToObject(target, { key, rest, operation });
  throw nowhere(operation);
}

type Step = { readonly key: string; readonly rest: readonly string[]; readonly operation: PatchOperation };

function applyToList(list: readonly JsonValue[], { key, rest, operation }: Step): JsonValue[] {
  const adding = operation.op === 'add' && rest.length === 0;
  const index = key === '-' && adding ? list.length : /^(0|[1-9][0-9]*)$/.test(key) ? Number(key) : -1;
  const present = list[index];
  if (index < 0 || (adding ? index > list.length : present === undefined)) throw nowhere(operation);
  if (adding) return [...list.slice(0, index), operation.value, ...list.slice(index)];
  if (operation.op === 'remove' && rest.length === 0) return list.filter((_, position) => position !== index);
  return list.with(index, applyAt(present ?? null, rest, operation));
}

function applyToObject(object: JsonObject, { key, rest, operation }: Step): JsonObject {
  const present = Object.hasOwn(object, key) ? object[key] : undefined;
  if (operation.op === 'add' && rest.length === 0) return withEntry(object, key, operation.value);
  if (present === undefined) throw nowhere(operation);
  if (operation.op === 'remove' && rest.length === 0) {
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  }
  return withEntry(object, key, applyAt(present, rest, operation));
}

/** Built of entries: a key `__proto__` is a key like any other. */
function withEntry(object: JsonObject, key: string, value: JsonValue): JsonObject {
  return Object.fromEntries([...Object.entries(object).filter(([name]) => name !== key), [key, value]]);
}

function nowhere({ op, path }: PatchOperation): TypeError {
  return new TypeError(`cannot ${op} at "${path}": there is no such place`);
}
