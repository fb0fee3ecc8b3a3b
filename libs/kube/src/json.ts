import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** Parses JSON; undefined for what is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Whether a value is a JSON object, neither list nor null. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key that the object itself has, not one it inherited. */
export function field(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The text of a key; empty when there is none. */
export function textOf(value: JsonValue | undefined, key: string): string {
  const found = field(value, key);
  return typeof found === 'string' ? found : '';
}

/** The items of a key; empty when there is no list. */
export function listOf(value: JsonValue | undefined, key: string): readonly JsonValue[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}
