import { type DescEnum, ScalarType } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import type { Located } from './located.ts';

/** A decoded scalar, or undefined when the value does not fit the type. */
export type ScalarResult = string | number | bigint | boolean | Uint8Array | undefined;

const RANGES: ReadonlyMap<ScalarType, readonly [bigint, bigint]> = new Map([
  [ScalarType.INT32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.SINT32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.SFIXED32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ScalarType.UINT32, [0n, 2n ** 32n - 1n]],
  [ScalarType.FIXED32, [0n, 2n ** 32n - 1n]],
  [ScalarType.INT64, [-(2n ** 63n), 2n ** 63n - 1n]],
  [ScalarType.SINT64, [-(2n ** 63n), 2n ** 63n - 1n]],
  [ScalarType.SFIXED64, [-(2n ** 63n), 2n ** 63n - 1n]],
  [ScalarType.UINT64, [0n, 2n ** 64n - 1n]],
  [ScalarType.FIXED64, [0n, 2n ** 64n - 1n]],
]);

const WIDE: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT64,
  ScalarType.SINT64,
  ScalarType.SFIXED64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
]);

/** Decodes a scalar by the rules of proto3 JSON: integers and floats also as strings, bytes as base64. */
export function decodeScalar(type: ScalarType, node: Located): ScalarResult {
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  const { value } = node;
  switch (type) {
    case ScalarType.STRING:
      // Half of a pair of surrogates is no character, and has no place in a message.
      return typeof value === 'string' && value.isWellFormed() ? value : undefined;
    case ScalarType.BOOL:
      return typeof value === 'boolean' ? value : undefined;
    case ScalarType.BYTES:
      return typeof value === 'string' ? decodeBytes(value) : undefined;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return decodeFloat(value);
    default:
      return decodeInteger(type, value);
  }
}

/** What a scalar type accepts, in words for a message. */
export function describeScalar(type: ScalarType): string {
  const range = RANGES.get(type);
  if (range !== undefined) {
    if (range[0] === 0n)
      return type === ScalarType.UINT32 ? 'a whole number from 0 to 4294967295' : 'a whole number from 0';
    return WIDE.has(type) ? 'a whole number' : 'a whole number of 32 bits';
  }
  if (type === ScalarType.BOOL) return 'true or false';
  if (type === ScalarType.BYTES) return 'a string in base64';
  return type === ScalarType.STRING ? 'a string' : 'a number';
}

/** Decodes an enum value by name or number; numbers that the enum does not know are refused. */
export function decodeEnum(desc: DescEnum, node: Located): number | undefined {
  if (node.kind !== 'scalar') return undefined;
  const { value } = node;
  if (typeof value === 'string') return desc.values.find((known) => known.name === value)?.number;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  return desc.values.find((known) => known.number === Number(value))?.number;
}

function decodeInteger(
  type: ScalarType,
  value: string | number | bigint | boolean,
): number | bigint | undefined {
  const range = RANGES.get(type);
  const integer = toInteger(value);
  if (range === undefined || integer === undefined || integer < range[0] || integer > range[1])
    return undefined;
  return WIDE.has(type) ? integer : Number(integer);
}

function toInteger(value: string | number | bigint | boolean): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?[0-9]{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function decodeFloat(value: string | number | bigint | boolean): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || !/^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(value)) return undefined;
  return Number(value);
}

function decodeBytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined;
  try {
    return base64Decode(text);
  } catch {
    return undefined;
  }
}
