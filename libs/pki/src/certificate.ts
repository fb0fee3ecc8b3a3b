import { createPublicKey, type KeyObject } from 'node:crypto';
import { bitStringOctets, checkInteger, DerReader, readOnly, readSmallInteger } from './der/reader.ts';
import { contextTag, TAG } from './der/tags.ts';
import { readTime } from './der/time.ts';
import { organizationOf } from './distinguished-name.ts';
import { PkiError } from './error.ts';
import * as extensions from './extensions.ts';
import { type KeyPair, publicKeyInfo } from './key-pair.ts';
import { OID } from './oid.ts';
import { decodePem, encodePem } from './pem.ts';
import { checkPublicKeyInfo, importPublicKey } from './public-key.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature.ts';
import { NO_NAMES, readSubjectAltNames, type SubjectAltNames } from './subject-alt-names.ts';

/** Far above any certificate of RSA 8192 with a hundred names. */
const MAX_CERTIFICATE_LENGTH = 64 * 1024;
const MAX_BUNDLE = 100;

/** A certificate (X.509 v3) taken apart. Byte arrays are views of `der`. */
export type Certificate = {
  readonly der: Uint8Array;
  /** Upper-case hexadecimal, as OpenSSL and Node print it. */
  readonly serial: string;
  /** DER of the names; equal bytes are the same name. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Organization of the subject, empty when it has none. */
  readonly organization: string;
  /** Milliseconds since 1970, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly isCa: boolean;
  readonly pathLength?: number;
  /** Absent when the certificate does not restrict its use. */
  readonly keyUsage?: ReadonlySet<extensions.KeyUsage>;
  readonly extendedKeyUsage?: readonly string[];
  readonly subjectKeyId?: Uint8Array;
  readonly authorityKeyId?: Uint8Array;
  readonly extensions: extensions.Extensions;
  readonly publicKeyInfo: Uint8Array;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
};

/** Takes one certificate apart. Nothing about time or trust is looked at; see `verifyChain`. */
export function parseCertificate(der: Uint8Array, what = 'certificate'): Certificate {
  if (der.length > MAX_CERTIFICATE_LENGTH)
    throw new PkiError('malformed', `${what}: longer than ${MAX_CERTIFICATE_LENGTH} bytes`);
  const outer = new DerReader(readOnly(der, { tag: TAG.sequence, what }).content, what);
  const signed = outer.expect(TAG.sequence);
  const algorithm = outer.expect(TAG.sequence);
  const signature = bitStringOctets(outer.expect(TAG.bitString), what);
  outer.end();
  const body = readBody(new DerReader(signed.content, what), what);
  if (Buffer.compare(body.algorithm, algorithm.raw) !== 0)
    throw new PkiError('malformed', `${what}: two signature algorithms`);
  const { algorithm: _, ...fields } = body;
  return {
    der,
    signed: signed.raw,
    signature,
    signatureAlgorithm: readSignatureAlgorithm(new DerReader(algorithm.content, what), what),
    ...fields,
    ...meaningOf(fields.extensions, what),
  };
}

/** Every certificate of a PEM text, in order; other blocks are refused. At least one. */
export function parseCertificates(pem: string, what = 'certificates'): Certificate[] {
  const blocks = decodePem(pem, what);
  if (blocks.length === 0 || blocks.length > MAX_BUNDLE) {
    throw new PkiError(
      'malformed',
      `${what}: expected 1 to ${MAX_BUNDLE} certificates, found ${blocks.length}`,
    );
  }
  return blocks.map(({ label, bytes }) => {
    if (label !== 'CERTIFICATE')
      throw new PkiError('malformed', `${what}: expected PEM of CERTIFICATE, found ${label}`);
    return parseCertificate(bytes, what);
  });
}

/** A certificate as PEM. */
export function certificatePem(certificate: Pick<Certificate, 'der'>): string {
  return encodePem('CERTIFICATE', certificate.der);
}

/** Public key of a certificate; a point off its curve is `malformed`. Costs an import each time. */
export function publicKeyOf(certificate: Certificate): KeyObject {
  return importPublicKey(certificate.publicKeyInfo, 'certificate');
}

/** Whether a certificate is for this key. */
export function keyMatchesCertificate(
  keyPair: Pick<KeyPair, 'privateKey'>,
  certificate: Certificate,
): boolean {
  return Buffer.compare(publicKeyInfo(createPublicKey(keyPair.privateKey)), certificate.publicKeyInfo) === 0;
}

type Body = Pick<
  Certificate,
  'serial' | 'issuer' | 'subject' | 'organization' | 'notBefore' | 'notAfter' | 'publicKeyInfo' | 'extensions'
> & { readonly algorithm: Uint8Array };

function readBody(reader: DerReader, what: string): Body {
  const version = reader.enter(contextTag(0, { constructed: true }));
  if (readSmallInteger(version.expect(TAG.integer), what) !== 2)
    throw new PkiError('malformed', `${what}: expected X.509 version 3`);
  version.end();
  const serial = reader.expect(TAG.integer).content;
  checkInteger(serial, what);
  if (serial.length > 21) throw new PkiError('malformed', `${what}: serial number too long`);
  const algorithm = reader.expect(TAG.sequence).raw;
  const issuer = reader.expect(TAG.sequence).raw;
  organizationOf(issuer, what);
  const validity = reader.enter(TAG.sequence);
  const notBefore = readTime(validity.any(), what);
  const notAfter = readTime(validity.any(), what);
  validity.end();
  const subject = reader.expect(TAG.sequence).raw;
  const publicKey = reader.expect(TAG.sequence).raw;
  checkPublicKeyInfo(publicKey, what);
  reader.optional(contextTag(1, { constructed: false }));
  reader.optional(contextTag(2, { constructed: false }));
  const found = readOptionalExtensions(reader, what);
  reader.end();
  const organization = organizationOf(subject, what);
  return {
    algorithm,
    serial: Buffer.from(serial[0] === 0 && serial.length > 1 ? serial.subarray(1) : serial)
      .toString('hex')
      .toUpperCase(),
    issuer,
    subject,
    organization,
    notBefore,
    notAfter,
    publicKeyInfo: publicKey,
    extensions: found,
  };
}

function readOptionalExtensions(reader: DerReader, what: string): extensions.Extensions {
  const tag = contextTag(3, { constructed: true });
  if (reader.nextTag !== tag) return new Map();
  const explicit = reader.enter(tag);
  const found = extensions.readExtensions(explicit.enter(TAG.sequence), what);
  explicit.end();
  return found;
}

type Meaning = SubjectAltNames &
  Pick<
    Certificate,
    'isCa' | 'pathLength' | 'keyUsage' | 'extendedKeyUsage' | 'subjectKeyId' | 'authorityKeyId'
  >;

function meaningOf(found: extensions.Extensions, what: string): Meaning {
  const read = <T>(oid: string, reader: (der: Uint8Array, what: string) => T): T | undefined => {
    const extension = found.get(oid);
    return extension === undefined ? undefined : reader(extension.value, what);
  };
  const names = read(OID.subjectAltName, readSubjectAltNames) ?? NO_NAMES;
  const constraints = read(OID.basicConstraints, extensions.readBasicConstraints);
  const keyUsage = read(OID.keyUsage, extensions.readKeyUsage);
  const extendedKeyUsage = read(OID.extendedKeyUsage, extensions.readExtendedKeyUsage);
  const subjectKeyId = read(OID.subjectKeyIdentifier, extensions.readSubjectKeyIdentifier);
  const authorityKeyId = read(OID.authorityKeyIdentifier, extensions.readAuthorityKeyIdentifier);
  return {
    ...names,
    isCa: constraints?.ca ?? false,
    ...(constraints?.pathLength !== undefined && { pathLength: constraints.pathLength }),
    ...(keyUsage !== undefined && { keyUsage }),
    ...(extendedKeyUsage !== undefined && { extendedKeyUsage }),
    ...(subjectKeyId !== undefined && { subjectKeyId }),
    ...(authorityKeyId !== undefined && { authorityKeyId }),
  };
}
