import { isIPv4, isIPv6 } from 'node:net';
import { DerReader, readOnly } from './der/reader.ts';
import { contextTag, TAG } from './der/tags.ts';
import { tlv } from './der/writer.ts';
import { PkiError } from './error.ts';

/** The names a certificate is for. A workload has one URI and nothing else. */
export type SubjectAltNames = {
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
};

export const NO_NAMES: SubjectAltNames = { uris: [], dnsNames: [], ipAddresses: [] };

const DNS_TAG = contextTag(2, { constructed: false });
const URI_TAG = contextTag(6, { constructed: false });
const IP_TAG = contextTag(7, { constructed: false });
const MAX_NAMES = 100;
const MAX_NAME_LENGTH = 2048;

/**
 * Sorts names by what they look like, the classic rule: `spiffe://…` is a URI, an IP address is one, all else is DNS.
 */
export function classifyNames(names: readonly string[]): SubjectAltNames {
  const uris = names.filter((name) => name.startsWith('spiffe://'));
  const ipAddresses = names.filter((name) => isIPv4(name) || isIPv6(name));
  const dnsNames = names.filter((name) => !uris.includes(name) && !ipAddresses.includes(name));
  return { uris, dnsNames, ipAddresses };
}

/** DER of GeneralNames; a name that is empty, too long or not visible ASCII is `refused`. */
export function encodeSubjectAltNames(names: SubjectAltNames): Buffer {
  return tlv(
    TAG.sequence,
    ...names.uris.map((uri) => tlv(URI_TAG, asciiBytes(uri))),
    ...names.dnsNames.map((name) => tlv(DNS_TAG, asciiBytes(name))),
    ...names.ipAddresses.map((address) => tlv(IP_TAG, ipBytes(address))),
  );
}

/** Reads GeneralNames. E-mail and directory names are passed over: nothing in a mesh is known by them. */
export function readSubjectAltNames(der: Uint8Array, what: string): SubjectAltNames {
  const reader = new DerReader(readOnly(der, { tag: TAG.sequence, what }).content, what);
  const uris: string[] = [];
  const dnsNames: string[] = [];
  const ipAddresses: string[] = [];
  for (let count = 0; !reader.done; count++) {
    if (count === MAX_NAMES) throw new PkiError('malformed', `${what}: more than ${MAX_NAMES} names`);
    const { tag, content } = reader.any();
    if (tag === URI_TAG) uris.push(asciiText(content, what));
    else if (tag === DNS_TAG) dnsNames.push(asciiText(content, what));
    else if (tag === IP_TAG) ipAddresses.push(ipText(content, what));
  }
  return { uris, dnsNames, ipAddresses };
}

function asciiBytes(text: string): Buffer {
  if (!isVisibleAscii(text))
    throw new PkiError(
      'refused',
      `name ${JSON.stringify(text)} is not visible ASCII of 1 to ${MAX_NAME_LENGTH}`,
    );
  return Buffer.from(text, 'latin1');
}

function asciiText(content: Uint8Array, what: string): string {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1');
  if (!isVisibleAscii(text))
    throw new PkiError('malformed', `${what}: a name is not visible ASCII of 1 to ${MAX_NAME_LENGTH}`);
  return text;
}

function isVisibleAscii(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && /^[\x21-\x7e]+$/.test(text);
}

function ipBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (isIPv6(address) && !address.includes('%')) return ipv6Bytes(address);
  throw new PkiError('refused', `${JSON.stringify(address)} is not an IP address`);
}

function ipv6Bytes(address: string): Buffer {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, head = '', a = '0', b = '0', c = '0', d = '0'] = dotted ?? [];
  const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
  const plain = dotted === null ? address : `${head}${group(a, b)}:${group(c, d)}`;
  const [left = '', right] = plain.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16));
  const before = groups(left);
  const after = right === undefined ? [] : groups(right);
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((value) => [value >> 8, value & 0xff]));
}

function ipText(content: Uint8Array, what: string): string {
  if (content.length === 4) return content.join('.');
  if (content.length !== 16)
    throw new PkiError('malformed', `${what}: IP address of ${content.length} bytes`);
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((content[2 * i] ?? 0) * 256 + (content[2 * i + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}
