import { type KeyObject, verify } from 'node:crypto';
import forge from 'node-forge';

const { asn1 } = forge;

/** What a certificate just signed must say. */
export type Expected = {
  readonly publicKeyInfo: Uint8Array;
  readonly serial: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddressCount: number;
  readonly isCa: boolean;
  /** Key and digest that the signature must verify with. */
  readonly issuerKey: KeyObject;
  readonly hash: string;
};

/**
 * Reads a certificate just signed back with code of its own (node-forge's reader, none of this library's) and compares it
 * with what was asked for, signature included. A difference is a bug of this library: it throws a plain error, and nothing
 * is handed out.
 */
export function checkIssued(der: Uint8Array, expected: Expected): void {
  const body = elementAt(der, elementAt(der, 0).content);
  const algorithm = elementAt(der, body.end);
  const signature = elementAt(der, algorithm.end);
  must(signature.end === der.length, 'length');
  const signed = der.subarray(body.start, body.end);
  const fields = children(asn1.fromDer(Buffer.from(signed).toString('latin1')));
  const seal = der.subarray(signature.content + 1, signature.end);
  must(verify(expected.hash, signed, expected.issuerKey, seal), 'signature');
  must(
    BigInt(`0x${hexOf(text(fields[1]))}`) === BigInt(`0x${Buffer.from(expected.serial).toString('hex')}`),
    'serial number',
  );
  const [from, to] = children(fields[4]);
  must(timeOf(from) === Math.floor(expected.notBefore / 1000), 'notBefore');
  must(timeOf(to) === Math.floor(expected.notAfter / 1000), 'notAfter');
  must(Buffer.from(signed).includes(Buffer.from(expected.publicKeyInfo)), 'public key');
  checkExtensions(children(fields[7])[0], expected);
}

function checkExtensions(list: forge.asn1.Asn1 | undefined, expected: Expected): void {
  const uris: string[] = [];
  const dnsNames: string[] = [];
  let addresses = 0;
  let ca = false;
  for (const extension of children(list)) {
    const parts = children(extension);
    const oid = asn1.derToOid(text(parts[0]));
    const inner = () => asn1.fromDer(text(parts.at(-1)));
    if (oid === '2.5.29.19')
      ca = children(inner()).some((part) => part.type === asn1.Type.BOOLEAN && text(part) !== '\0');
    if (oid !== '2.5.29.17') continue;
    for (const name of children(inner())) {
      const kind: number = name.type;
      if (kind === 6) uris.push(text(name));
      else if (kind === 2) dnsNames.push(text(name));
      else addresses++;
    }
  }
  must(ca === expected.isCa, 'basic constraints');
  must(uris.join('\n') === expected.uris.join('\n'), 'URI names');
  must(dnsNames.join('\n') === expected.dnsNames.join('\n'), 'DNS names');
  must(addresses === expected.ipAddressCount, 'IP addresses');
}

/** Bounds of the element that starts at an offset, by its length octets alone. */
function elementAt(der: Uint8Array, start: number): { start: number; content: number; end: number } {
  const first = der[start + 1] ?? 0;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  const content = start + 2 + octets;
  const long = der.subarray(start + 2, content).reduce((sum, byte) => sum * 256 + byte, 0);
  return { start, content, end: content + (octets === 0 ? first : long) };
}

function children(value: forge.asn1.Asn1 | undefined): forge.asn1.Asn1[] {
  must(value !== undefined && Array.isArray(value.value), 'structure');
  return value !== undefined && Array.isArray(value.value) ? value.value : [];
}

function text(value: forge.asn1.Asn1 | undefined): string {
  if (value === undefined) return '';
  if (typeof value.value === 'string') return value.value;
  return `\0${asn1.toDer(value).getBytes()}`;
}

function timeOf(value: forge.asn1.Asn1 | undefined): number {
  const generalized = value?.type === asn1.Type.GENERALIZEDTIME;
  const date = generalized ? asn1.generalizedTimeToDate(text(value)) : asn1.utcTimeToDate(text(value));
  return date.getTime() / 1000;
}

function hexOf(binary: string): string {
  return Buffer.from(binary, 'latin1').toString('hex') || '0';
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`a certificate just signed has the wrong ${what}`);
}
