import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { KnownRegex, StringRules } from '@quintet/proto/validate/validate_pb.js';
import type { Constraint } from './fault.ts';

const HTTP_HEADER_NAME: KnownRegex = 1;

/** The rules of a string with absent instead of default values. */
export type StringBounds = Partial<Omit<StringRules, 'wellKnown' | 'in' | 'notIn'>> &
  Pick<StringRules, 'wellKnown' | 'in' | 'notIn'>;

/** What `validate.proto` can ask of a string. Lengths are Unicode code points, as Envoy counts them. */
export function stringConstraints(rules: StringBounds): Constraint[] {
  const constraints: Constraint[] = [];
  const add = (expected: string, holds: (text: string) => boolean) =>
    constraints.push({ expected, holds: (value) => typeof value === 'string' && holds(value) });
  const { minLen, maxLen, len, minBytes, maxBytes, lenBytes, pattern, prefix, suffix } = rules;
  if (rules.const !== undefined) add(JSON.stringify(rules.const), (text) => text === rules.const);
  if (len !== undefined) add(`${len} characters`, (text) => BigInt([...text].length) === len);
  if (minLen !== undefined)
    add(`at least ${characters(minLen)}`, (text) => BigInt([...text].length) >= minLen);
  if (maxLen !== undefined)
    add(`at most ${characters(maxLen)}`, (text) => BigInt([...text].length) <= maxLen);
  if (lenBytes !== undefined) add(`${lenBytes} bytes`, (text) => byteLength(text) === lenBytes);
  if (minBytes !== undefined) add(`at least ${minBytes} bytes`, (text) => byteLength(text) >= minBytes);
  if (maxBytes !== undefined) add(`at most ${maxBytes} bytes`, (text) => byteLength(text) <= maxBytes);
  if (pattern !== undefined) {
    const matcher = fromRe2(pattern);
    add(`a match of ${pattern}`, (text) => matcher.test(text));
  }
  if (prefix !== undefined) add(`a text that begins with ${prefix}`, (text) => text.startsWith(prefix));
  if (suffix !== undefined) add(`a text that ends with ${suffix}`, (text) => text.endsWith(suffix));
  const { contains, notContains } = rules;
  if (contains !== undefined) add(`a text with ${contains} in it`, (text) => text.includes(contains));
  if (notContains !== undefined) add(`a text without ${notContains}`, (text) => !text.includes(notContains));
  if (rules.in.length > 0) add(`one of ${rules.in.join(', ')}`, (text) => rules.in.includes(text));
  if (rules.notIn.length > 0) add(`none of ${rules.notIn.join(', ')}`, (text) => !rules.notIn.includes(text));
  const wellKnown = wellKnownConstraint(rules);
  if (wellKnown !== undefined) add(...wellKnown);
  return constraints;
}

function wellKnownConstraint(rules: StringBounds): [string, (text: string) => boolean] | undefined {
  const { wellKnown, strict } = rules;
  switch (wellKnown.case) {
    case 'ip':
      return ['an IP address', (text) => isIP(text) !== 0];
    case 'ipv4':
      return ['an IPv4 address', isIPv4];
    case 'ipv6':
      return ['an IPv6 address', isIPv6];
    case 'hostname':
      return ['a host name', isHostname];
    case 'address':
      return ['a host name or IP address', (text) => isIP(text) !== 0 || isHostname(text)];
    case 'uri':
      return ['an absolute URI', (text) => URL.canParse(text)];
    case 'uriRef':
      return ['a URI or a reference', (text) => URL.canParse(text, 'http://base/')];
    case 'uuid':
      return ['a UUID', (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)];
    case 'email':
      return ['an e-mail address', (text) => /^[^\s@]+@[^\s@]+$/.test(text)];
    case 'wellKnownRegex':
      return headerConstraint(wellKnown.value === HTTP_HEADER_NAME, strict !== false);
    default:
      return undefined;
  }
}

function headerConstraint(isName: boolean, strict: boolean): [string, (text: string) => boolean] {
  const what = isName ? 'a header name' : 'a header value';
  if (!strict)
    return [what, (text) => !holdsAny(text, (code) => code === 0 || code === 0x0a || code === 0x0d)];
  if (isName) return [what, (text) => /^:?[0-9a-zA-Z!#$%&'*+\-.^_|~`]+$/.test(text)];
  return [what, (text) => !holdsAny(text, (code) => (code < 0x20 && code !== 0x09) || code === 0x7f)];
}

function holdsAny(text: string, isForbidden: (code: number) => boolean): boolean {
  for (let index = 0; index < text.length; index += 1) if (isForbidden(text.charCodeAt(index))) return true;
  return false;
}

function isHostname(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  return (
    name.length <= 253 &&
    name.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
  );
}

/**
 * The patterns are Envoy's own and part of its descriptors, none is a user's. `\C`-like spellings that only RE2
 * knows do not occur in them.
 */
function fromRe2(pattern: string): RegExp {
  return new RegExp(pattern, 'u');
}

function byteLength(text: string): bigint {
  return BigInt(Buffer.byteLength(text));
}

function characters(count: bigint): string {
  return count === 1n ? '1 character' : `${count} characters`;
}
