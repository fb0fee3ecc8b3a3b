import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** True for a JSON object: neither null nor a list. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `key`; empty when there is none. For what was checked before, or does not matter when it is wrong. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = own(object, key);
  return isJsonObject(value) ? value : {};
}

/** The list at `key`; empty when there is none. */
export function listAt(object: JsonObject, key: string): readonly JsonValue[] {
  const value = own(object, key);
  return Array.isArray(value) ? value : [];
}

/** The text at `key`; empty when there is none. */
export function textAt(object: JsonObject, key: string): string {
  const value = own(object, key);
  return typeof value === 'string' ? value : '';
}

/** The value that the object itself has at `key`: nothing inherited, whatever `key` is. */
export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** What a value is, for messages. */
export function kindOfJson(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${clip(JSON.stringify(value))}`;
}

/** What a stranger wrote is shown, but not at any length. */
export function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
