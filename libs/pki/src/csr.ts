import type { KeyObject } from 'node:crypto';
import { bitStringOctets, DerReader, readOid, readOnly, readSmallInteger } from './der/reader.ts';
import { contextTag, TAG } from './der/tags.ts';
import { bitString, positiveInteger, tlv } from './der/writer.ts';
import { EMPTY_NAME, organizationOf } from './distinguished-name.ts';
import { PkiError } from './error.ts';
import { type Extensions, encodeExtension, readBasicConstraints, readExtensions } from './extensions.ts';
import { type KeyPair, publicKeyInfo } from './key-pair.ts';
import { OID } from './oid.ts';
import { decodeOnlyPem, encodePem } from './pem.ts';
import { checkPublicKeyInfo, importPublicKey } from './public-key.ts';
import {
  encodeSignatureAlgorithm,
  readSignatureAlgorithm,
  sign,
  signatureAlgorithmFor,
  verifies,
} from './signature.ts';
import {
  encodeSubjectAltNames,
  NO_NAMES,
  readSubjectAltNames,
  type SubjectAltNames,
} from './subject-alt-names.ts';

/** An RSA 8192 request with a few names is under 3 KiB. */
const MAX_CSR_LENGTH = 16 * 1024;
const MAX_CSR_PEM_LENGTH = 24 * 1024;
const WHAT = 'CSR';
const EXTENSION_REQUEST = encodeOid(OID.extensionRequest);

/** A certificate signing request whose signature has been verified: the sender holds the private key. */
export type Csr = {
  readonly publicKey: KeyObject;
  readonly publicKeyInfo: Uint8Array;
  /** What the sender wishes to be called. Wishes only: who is asking is not said by a CSR. */
  readonly names: SubjectAltNames;
  /** Whether the request has a SAN extension at all. */
  readonly hasNames: boolean;
};

/** Makes a PEM request (PKCS#10, RFC 2986) with an empty subject and these names, signed with the key. */
export function createCsr(options: { readonly keyPair: KeyPair } & Partial<SubjectAltNames>): string {
  const { keyPair, uris = [], dnsNames = [], ipAddresses = [] } = options;
  const value = encodeSubjectAltNames({ uris, dnsNames, ipAddresses });
  const named = uris.length + dnsNames.length + ipAddresses.length > 0;
  const request = tlv(TAG.sequence, encodeExtension(OID.subjectAltName, { critical: true, value }));
  const attribute = tlv(TAG.sequence, EXTENSION_REQUEST, tlv(TAG.set, request));
  const attributes = tlv(contextTag(0, { constructed: true }), ...(named ? [attribute] : []));
  const info = tlv(
    TAG.sequence,
    positiveInteger(Buffer.of(0)),
    EMPTY_NAME,
    publicKeyInfo(keyPair.publicKey),
    attributes,
  );
  const algorithm = signatureAlgorithmFor(keyPair.privateKey);
  const signature = sign(info, { privateKey: keyPair.privateKey, algorithm });
  return encodePem(
    'CERTIFICATE REQUEST',
    tlv(TAG.sequence, info, encodeSignatureAlgorithm(algorithm), bitString(signature)),
  );
}

/**
 * Reads and verifies a PEM request. Refused: anything but exactly one request, weak keys (`weak`), a signature that does not
 * verify (`signature`), the wish to be a certificate authority (`refused`).
 */
export function parseCsr(pem: string): Csr {
  if (pem.length > MAX_CSR_PEM_LENGTH)
    throw new PkiError('malformed', `${WHAT}: longer than ${MAX_CSR_PEM_LENGTH} characters`);
  return parseCsrDer(
    decodeOnlyPem(pem, { labels: ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'], what: WHAT }),
  );
}

/** As `parseCsr`, from DER. */
export function parseCsrDer(der: Uint8Array): Csr {
  if (der.length > MAX_CSR_LENGTH)
    throw new PkiError('malformed', `${WHAT}: longer than ${MAX_CSR_LENGTH} bytes`);
  const outer = new DerReader(readOnly(der, { tag: TAG.sequence, what: WHAT }).content, WHAT);
  const info = outer.expect(TAG.sequence);
  const algorithm = readSignatureAlgorithm(outer.enter(TAG.sequence), WHAT);
  const signature = bitStringOctets(outer.expect(TAG.bitString), WHAT);
  outer.end();
  const { publicKeyInfo: spki, extensions } = readInfo(new DerReader(info.content, WHAT));
  const kind = checkPublicKeyInfo(spki, WHAT);
  const names = extensions.get(OID.subjectAltName);
  const parsedNames = names === undefined ? NO_NAMES : readSubjectAltNames(names.value, WHAT);
  refuseAuthority(extensions);
  const publicKey = importPublicKey(spki, WHAT);
  if (!verifies(info.raw, { signature, publicKey, kind, algorithm })) {
    throw new PkiError('signature', `${WHAT}: its signature does not verify with its own key`);
  }
  return { publicKey, publicKeyInfo: spki, names: parsedNames, hasNames: names !== undefined };
}

function readInfo(info: DerReader): { publicKeyInfo: Uint8Array; extensions: Extensions } {
  if (readSmallInteger(info.expect(TAG.integer), WHAT) !== 0)
    throw new PkiError('malformed', `${WHAT}: unknown version`);
  organizationOf(info.expect(TAG.sequence).raw, WHAT);
  const spki = info.expect(TAG.sequence).raw;
  const attributes = info.optional(contextTag(0, { constructed: true }));
  info.end();
  const extensions =
    attributes === undefined ? new Map() : requestedExtensions(new DerReader(attributes.content, WHAT));
  return { publicKeyInfo: spki, extensions };
}

function requestedExtensions(attributes: DerReader): Extensions {
  let found: Extensions | undefined;
  while (!attributes.done) {
    const attribute = attributes.enter(TAG.sequence);
    const oid = readOid(attribute.expect(TAG.oid), WHAT);
    const values = attribute.enter(TAG.set);
    attribute.end();
    if (oid !== OID.extensionRequest) continue;
    if (found !== undefined) throw new PkiError('malformed', `${WHAT}: extensions requested twice`);
    found = readExtensions(values.enter(TAG.sequence), WHAT);
    values.end();
  }
  return found ?? new Map();
}

function refuseAuthority(extensions: Extensions): void {
  const constraints = extensions.get(OID.basicConstraints);
  if (constraints !== undefined && readBasicConstraints(constraints.value, WHAT).ca) {
    throw new PkiError('refused', `${WHAT}: asks for a certificate authority`);
  }
}

function encodeOid(oid: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const arc = (value: number): number[] => {
    const low = [value & 0x7f];
    for (let high = value >>> 7; high > 0; high >>>= 7) low.unshift(0x80 | (high & 0x7f));
    return low;
  };
  return tlv(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(arc)]));
}
