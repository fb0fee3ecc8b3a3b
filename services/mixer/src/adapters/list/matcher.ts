import type { Value } from '@quintet/expr';
import { asV4, Fault, parseIp, regexMatcher } from '@quintet/expr';
import { Params_ListEntryType as EntryType } from '@quintet/proto/adapter/list/config/config_pb.js';
import { formatValue } from '../../templates/format-value.ts';

/** A list ready for look-ups: whether it holds the value, or why the value cannot be looked up. */
export type ListMatcher = (value: Value) => boolean | Fault;

/** Makes a matcher of a list's entries, or says which entry is none of the type. */
export function listMatcher(type: EntryType, entries: readonly string[]): ListMatcher | Fault {
  switch (type) {
    case EntryType.IP_ADDRESSES:
      return addressMatcher(entries);
    case EntryType.REGEX:
      return regexListMatcher(entries);
    case EntryType.CASE_INSENSITIVE_STRINGS: {
      const known = new Set(entries.map((entry) => entry.toLowerCase()));
      return (value) => known.has(formatValue(value).toLowerCase());
    }
    default: {
      const known = new Set(entries);
      return (value) => known.has(formatValue(value));
    }
  }
}

type Range = { readonly bytes: Uint8Array; readonly bits: number };

function addressMatcher(entries: readonly string[]): ListMatcher | Fault {
  const ranges: Range[] = [];
  for (const entry of entries) {
    const range = parseRange(entry);
    if (range === undefined)
      return new Fault(`could not parse list entry ${entry} as an address or a CIDR range`);
    ranges.push(range);
  }
  return (value) => {
    const bytes = value instanceof Uint8Array ? value : parseIp(formatValue(value));
    if (bytes === undefined) return new Fault(`${formatValue(value)} is not a valid IP address`);
    const address = asV4(bytes) ?? bytes;
    return ranges.some((range) => contains(range, address));
  };
}

/** `10.0.0.0/8`, or an address alone as the range of just itself. */
function parseRange(entry: string): Range | undefined {
  const [text = '', length, ...rest] = entry.split('/');
  const parsed = parseIp(text);
  if (parsed === undefined || rest.length > 0) return undefined;
  const bytes = asV4(parsed) ?? parsed;
  const most = bytes.length * 8;
  if (length === undefined) return { bytes, bits: most };
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : most + 1;
  return bits > most ? undefined : { bytes, bits };
}

function contains({ bytes, bits }: Range, address: Uint8Array): boolean {
  if (bytes.length !== address.length) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 255 : (255 << (8 - (bits - bit))) & 255;
    if (((bytes[bit / 8] ?? 0) & mask) !== ((address[bit / 8] ?? 0) & mask)) return false;
  }
  return true;
}

function regexListMatcher(entries: readonly string[]): ListMatcher | Fault {
  const matchers: ((text: string) => boolean)[] = [];
  for (const entry of entries) {
    const matcher = regexMatcher(entry);
    if (matcher instanceof Fault) return matcher;
    matchers.push(matcher);
  }
  return (value) => {
    const text = formatValue(value);
    return matchers.some((matches) => matches(text));
  };
}
