import { formatDuration, parseDuration } from './duration.ts';
import { isMap } from './equality.ts';
import { formatIp, parseIp } from './ip-address.ts';
import type { Result } from './result.ts';
import { fail, ok } from './result.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';
import type { Value, ValueType } from './value.ts';
import { stringMap } from './value.ts';

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Reads the JSON form of an attribute's value: timestamps as RFC 3339, durations as `5s`, IP addresses as text, 64-bit
 * integers as numbers or decimal strings, string maps as objects of strings.
 */
export function valueFromJson(json: unknown, type: ValueType): Result<Value> {
  const value = read(json, type);
  return value === undefined
    ? fail(`${JSON.stringify(json)} is no ${type}: expected ${EXPECTED[type]}`)
    : ok(value);
}

const EXPECTED: Readonly<Record<ValueType, string>> = {
  STRING: 'a string',
  INT64: 'an integer that fits 64 bits',
  DOUBLE: 'a number',
  BOOL: 'true or false',
  TIMESTAMP: 'an RFC 3339 time such as "2024-05-01T10:00:00Z"',
  IP_ADDRESS: 'an IP address such as "10.0.0.1"',
  EMAIL_ADDRESS: 'a string',
  URI: 'a string',
  DNS_NAME: 'a string',
  DURATION: 'a duration such as "5s"',
  STRING_MAP: 'an object of strings',
};

function read(json: unknown, type: ValueType): Value | undefined {
  switch (type) {
    case 'BOOL':
      return typeof json === 'boolean' ? json : undefined;
    case 'INT64':
      return readInt(json);
    case 'DOUBLE':
      return readDouble(json);
    case 'STRING_MAP':
      return readMap(json);
    default:
  }
  if (typeof json !== 'string') return undefined;
  if (type === 'TIMESTAMP') return parseTimestamp(json);
  if (type === 'DURATION') return parseDuration(json);
  return type === 'IP_ADDRESS' ? parseIp(json) : json;
}

function readInt(json: unknown): bigint | undefined {
  if (typeof json !== 'string' && typeof json !== 'number') return undefined;
  if (typeof json === 'number' ? !Number.isSafeInteger(json) : !/^-?\d{1,20}$/.test(json)) return undefined;
  const value = BigInt(json);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function readDouble(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  if (typeof json === 'string' && /^-?\d+$/.test(json)) return Number(json);
  return undefined;
}

function readMap(json: unknown): Value | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const entries = new Map<string, string>();
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== 'string') return undefined;
    entries.set(key, value);
  }
  return stringMap(entries);
}

/** The JSON form of a value, readable by valueFromJson. Integers beyond 2^53 become decimal strings. */
export function valueToJson(value: Value): Json {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return formatIp(value);
  if (isMap(value)) return Object.fromEntries([...value.entries()].sort(([a], [b]) => (a < b ? -1 : 1)));
  return value.kind === 'timestamp' ? formatTimestamp(value) : formatDuration(value);
}
