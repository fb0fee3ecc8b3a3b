import forge from 'node-forge';
import {
  bitStringOctets,
  DerReader,
  readBoolean,
  readOid,
  readOnly,
  readSmallInteger,
} from './der/reader.ts';
import { contextTag, TAG } from './der/tags.ts';
import { PkiError } from './error.ts';
import { OID } from './oid.ts';

const { asn1 } = forge;
const MAX_EXTENSIONS = 32;

/** One extension as it stands: its value is the DER inside the OCTET STRING. */
export type Extension = { readonly critical: boolean; readonly value: Uint8Array };

/** Extensions by object identifier. */
export type Extensions = ReadonlyMap<string, Extension>;

/** Bits of KeyUsage (RFC 5280 4.2.1.3) that this mesh looks at. */
export type KeyUsage = 'digitalSignature' | 'keyEncipherment' | 'keyCertSign' | 'crlSign';

const KEY_USAGE_BITS: Readonly<Record<KeyUsage, number>> = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyCertSign: 5,
  crlSign: 6,
};

/** Reads the inside of `Extensions`; a repeated extension is `malformed` (RFC 5280 4.2). */
export function readExtensions(reader: DerReader, what: string): Extensions {
  const extensions = new Map<string, Extension>();
  while (!reader.done) {
    if (extensions.size === MAX_EXTENSIONS)
      throw new PkiError('malformed', `${what}: more than ${MAX_EXTENSIONS} extensions`);
    const one = reader.enter(TAG.sequence);
    const oid = readOid(one.expect(TAG.oid), what);
    const flag = one.optional(TAG.boolean);
    const critical = flag !== undefined && readBoolean(flag, what);
    const value = one.expect(TAG.octetString).content;
    one.end();
    if (extensions.has(oid)) throw new PkiError('malformed', `${what}: extension ${oid} twice`);
    extensions.set(oid, { critical, value });
  }
  return extensions;
}

/** BasicConstraints: `pathLength` is the number of intermediates allowed below, absent when unlimited. */
export function readBasicConstraints(
  der: Uint8Array,
  what: string,
): { readonly ca: boolean; readonly pathLength?: number } {
  const reader = new DerReader(readOnly(der, { tag: TAG.sequence, what }).content, what);
  const flag = reader.optional(TAG.boolean);
  const ca = flag !== undefined && readBoolean(flag, what);
  const length = reader.optional(TAG.integer);
  reader.end();
  return length === undefined ? { ca } : { ca, pathLength: readSmallInteger(length, what) };
}

/** The bits of KeyUsage that are known here. */
export function readKeyUsage(der: Uint8Array, what: string): ReadonlySet<KeyUsage> {
  const { content } = readOnly(der, { tag: TAG.bitString, what });
  const [unused = 0, first = 0] = content;
  if (content.length < 2 || content.length > 3 || unused > 7)
    throw new PkiError('malformed', `${what}: key usage`);
  const names: readonly KeyUsage[] = ['digitalSignature', 'keyEncipherment', 'keyCertSign', 'crlSign'];
  return new Set(names.filter((name) => (first & (0x80 >> KEY_USAGE_BITS[name])) !== 0));
}

/** Object identifiers of ExtKeyUsage. */
export function readExtendedKeyUsage(der: Uint8Array, what: string): readonly string[] {
  const reader = new DerReader(readOnly(der, { tag: TAG.sequence, what }).content, what);
  const usages: string[] = [];
  while (!reader.done) usages.push(readOid(reader.expect(TAG.oid), what));
  return usages;
}

/** Key identifier of SubjectKeyIdentifier. */
export function readSubjectKeyIdentifier(der: Uint8Array, what: string): Uint8Array {
  return readOnly(der, { tag: TAG.octetString, what }).content;
}

/** Key identifier of AuthorityKeyIdentifier, absent when the issuer is named otherwise. */
export function readAuthorityKeyIdentifier(der: Uint8Array, what: string): Uint8Array | undefined {
  const reader = new DerReader(readOnly(der, { tag: TAG.sequence, what }).content, what);
  return reader.optional(contextTag(0, { constructed: false }))?.content;
}

/** DER of an `Extension` around the DER of its value. */
export function encodeExtension(
  oid: string,
  options: { readonly critical: boolean; readonly value: Uint8Array },
): Buffer {
  const parts = [asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(oid).getBytes())];
  if (options.critical) parts.push(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BOOLEAN, false, '\xff'));
  parts.push(
    asn1.create(
      asn1.Class.UNIVERSAL,
      asn1.Type.OCTETSTRING,
      false,
      Buffer.from(options.value).toString('latin1'),
    ),
  );
  return toDer(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts));
}

/** BasicConstraints, always critical. */
export function basicConstraints(options: { readonly ca: boolean; readonly pathLength?: number }): Buffer {
  const parts = options.ca ? [asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BOOLEAN, false, '\xff')] : [];
  if (options.ca && options.pathLength !== undefined) {
    parts.push(
      asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.INTEGER,
        false,
        asn1.integerToDer(options.pathLength).getBytes(),
      ),
    );
  }
  const value = toDer(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts));
  return encodeExtension(OID.basicConstraints, { critical: true, value });
}

/** KeyUsage, always critical. */
export function keyUsage(usages: readonly KeyUsage[]): Buffer {
  const bits = usages.map((usage) => KEY_USAGE_BITS[usage]);
  const octet = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  const unused = 7 - Math.max(...bits);
  const value = toDer(
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, String.fromCharCode(unused, octet)),
  );
  return encodeExtension(OID.keyUsage, { critical: true, value });
}

/** ExtKeyUsage of these object identifiers. */
export function extendedKeyUsage(oids: readonly string[]): Buffer {
  const parts = oids.map((oid) =>
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(oid).getBytes()),
  );
  return encodeExtension(OID.extendedKeyUsage, {
    critical: false,
    value: toDer(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts)),
  });
}

/** SubjectKeyIdentifier. */
export function subjectKeyIdentifier(id: Uint8Array): Buffer {
  const octets = asn1.create(
    asn1.Class.UNIVERSAL,
    asn1.Type.OCTETSTRING,
    false,
    Buffer.from(id).toString('latin1'),
  );
  return encodeExtension(OID.subjectKeyIdentifier, { critical: false, value: toDer(octets) });
}

/** AuthorityKeyIdentifier by key identifier. */
export function authorityKeyIdentifier(id: Uint8Array): Buffer {
  const field = asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, false, Buffer.from(id).toString('latin1'));
  const value = toDer(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [field]));
  return encodeExtension(OID.authorityKeyIdentifier, { critical: false, value });
}

/** The public key of a SubjectPublicKeyInfo as its bit string holds it: what key identifiers are digests of. */
export function publicKeyOctets(spki: Uint8Array, what: string): Uint8Array {
  const info = new DerReader(readOnly(spki, { tag: TAG.sequence, what }).content, what);
  info.expect(TAG.sequence);
  return bitStringOctets(info.expect(TAG.bitString), what);
}

function toDer(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}
