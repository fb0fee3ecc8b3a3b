/** The types of the expression language, spelled as in an attribute manifest. */
export const VALUE_TYPES = [
  'STRING',
  'INT64',
  'DOUBLE',
  'BOOL',
  'TIMESTAMP',
  'IP_ADDRESS',
  'EMAIL_ADDRESS',
  'URI',
  'DNS_NAME',
  'DURATION',
  'STRING_MAP',
] as const;

export type ValueType = (typeof VALUE_TYPES)[number];

/** A moment, in nanoseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = { readonly kind: 'timestamp'; readonly nanos: bigint };

/** A span of time in nanoseconds; may be negative. */
export type Duration = { readonly kind: 'duration'; readonly nanos: bigint };

/** A read-only map of strings; implementations may look keys up lazily. */
export type StringMap = {
  readonly kind: 'map';
  get(key: string): string | undefined;
  entries(): Iterable<readonly [string, string]>;
};

/**
 * A value at run time. INT64 is a bigint and DOUBLE a number, so the two are never confused; IP_ADDRESS is 4 or 16 bytes;
 * EMAIL_ADDRESS, URI and DNS_NAME are strings whose static type decides how they compare.
 */
export type Value = string | bigint | number | boolean | Timestamp | Duration | Uint8Array | StringMap;

/** A timestamp of nanoseconds since 1970. */
export function timestamp(nanos: bigint): Timestamp {
  return { kind: 'timestamp', nanos };
}

/** A duration of nanoseconds. */
export function duration(nanos: bigint): Duration {
  return { kind: 'duration', nanos };
}

/** A string map over a plain Map, which is not copied. */
export function stringMap(entries: ReadonlyMap<string, string>): StringMap {
  return { kind: 'map', get: (key) => entries.get(key), entries: () => entries };
}

/** A string map over a plain object's own properties; the object is not copied. */
export function stringMapOf(record: Readonly<Record<string, string>>): StringMap {
  return {
    kind: 'map',
    get: (key) => (Object.hasOwn(record, key) ? record[key] : undefined),
    entries: () => Object.entries(record),
  };
}

/** Whether the value has the run-time form of the type. */
export function hasType(value: Value, type: ValueType): boolean {
  switch (type) {
    case 'STRING':
    case 'EMAIL_ADDRESS':
    case 'URI':
    case 'DNS_NAME':
      return typeof value === 'string';
    case 'INT64':
      return typeof value === 'bigint';
    case 'DOUBLE':
      return typeof value === 'number';
    case 'BOOL':
      return typeof value === 'boolean';
    case 'IP_ADDRESS':
      return value instanceof Uint8Array;
    case 'TIMESTAMP':
      return isKind(value, 'timestamp');
    case 'DURATION':
      return isKind(value, 'duration');
    case 'STRING_MAP':
      return isKind(value, 'map');
  }
}

function isKind(value: Value, kind: 'timestamp' | 'duration' | 'map'): boolean {
  return typeof value === 'object' && 'kind' in value && value.kind === kind;
}

/** Where attributes come from: looked up one by one, so that what nobody asks for is never made. */
export type Bag = {
  /** The attribute's value, or undefined when it is absent. */
  get(name: string): Value | undefined;
};

/** A bag over a map of values. */
export function bagOf(attributes: ReadonlyMap<string, Value>): Bag {
  return { get: (name) => attributes.get(name) };
}
