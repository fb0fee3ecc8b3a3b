import { normalDnsName } from './dns-name.ts';
import { emailEquals } from './email-address.ts';
import { Fault } from './fault.ts';
import { ipEquals } from './ip-address.ts';
import { uriEquals } from './uri.ts';
import type { StringMap, Value, ValueType } from './value.ts';

export type Equality = (a: Value, b: Value) => boolean | Fault;

/** How two values of the type compare; the result is a fault when a value has no comparable form. */
export function equalityOf(type: ValueType): Equality {
  switch (type) {
    case 'IP_ADDRESS':
      return (a, b) => a instanceof Uint8Array && b instanceof Uint8Array && ipEquals(a, b);
    case 'DNS_NAME':
      return (a, b) => dnsNameEquals(String(a), String(b));
    case 'EMAIL_ADDRESS':
      return (a, b) =>
        emailEquals(String(a), String(b)) ?? new Fault(`error comparing e-mails '${a}' and '${b}'`);
    case 'URI':
      return (a, b) => uriEquals(String(a), String(b));
    case 'TIMESTAMP':
    case 'DURATION':
      return (a, b) => nanosOf(a) === nanosOf(b);
    case 'STRING_MAP':
      return (a, b) => isMap(a) && isMap(b) && mapEquals(a, b);
    default:
      return (a, b) => a === b;
  }
}

/** The nanoseconds of a timestamp or duration; undefined for other values. */
export function nanosOf(value: Value): bigint | undefined {
  return typeof value === 'object' && 'nanos' in value ? value.nanos : undefined;
}

/** Whether the value is a string map. */
export function isMap(value: Value): value is StringMap {
  return typeof value === 'object' && 'kind' in value && value.kind === 'map';
}

/** Orders strings by their UTF-8 bytes, as Go does: negative, zero or positive. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return byteOrder(left) - byteOrder(right);
  }
  return a.length - b.length;
}

/** Surrogates (characters beyond U+FFFF) come after U+E000–U+FFFF in UTF-8, before them in UTF-16. */
function byteOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

function dnsNameEquals(a: string, b: string): boolean | Fault {
  const left = normalDnsName(a);
  const right = normalDnsName(b);
  if (left === undefined) return new Fault(`error converting '${a}' to dns name`);
  if (right === undefined) return new Fault(`error converting '${b}' to dns name`);
  return left === right;
}

function mapEquals(a: StringMap, b: StringMap): boolean {
  const left = new Map(a.entries());
  let seen = 0;
  for (const [key, value] of b.entries()) {
    if (left.get(key) !== value) return false;
    seen++;
  }
  return seen === left.size;
}
