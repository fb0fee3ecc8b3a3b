import { sign as cryptoSign, verify as cryptoVerify, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { type DerReader, readOid } from './der/reader.ts';
import { TAG } from './der/tags.ts';
import { PkiError } from './error.ts';
import { OID } from './oid.ts';
import type { KeyKind } from './public-key.ts';

/** How a signature is made: which kind of key over which digest. */
export type SignatureAlgorithm = {
  readonly oid: string;
  readonly key: KeyKind;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
};

const ALGORITHMS: readonly SignatureAlgorithm[] = [
  { oid: OID.ecdsaWithSha256, key: 'ec', hash: 'sha256' },
  { oid: OID.ecdsaWithSha384, key: 'ec', hash: 'sha384' },
  { oid: OID.ecdsaWithSha512, key: 'ec', hash: 'sha512' },
  { oid: OID.sha256WithRsa, key: 'rsa', hash: 'sha256' },
  { oid: OID.sha384WithRsa, key: 'rsa', hash: 'sha384' },
  { oid: OID.sha512WithRsa, key: 'rsa', hash: 'sha512' },
];

const BY_OID: ReadonlyMap<string, SignatureAlgorithm> = new Map(ALGORITHMS.map((row) => [row.oid, row]));

/** Reads the inside of an AlgorithmIdentifier; anything but ECDSA or RSA PKCS#1 over SHA-2 is `weak`. */
export function readSignatureAlgorithm(reader: DerReader, what: string): SignatureAlgorithm {
  const oid = readOid(reader.expect(TAG.oid), what);
  const algorithm = BY_OID.get(oid);
  if (algorithm === undefined)
    throw new PkiError('weak', `${what}: signature algorithm ${oid} is not accepted`);
  if (algorithm.key === 'rsa') reader.optional(TAG.null);
  reader.end();
  return algorithm;
}

/** The algorithm that a key signs with here: SHA-384 for P-384, SHA-256 for all others. */
export function signatureAlgorithmFor(privateKey: KeyObject): SignatureAlgorithm {
  const ec = privateKey.asymmetricKeyType === 'ec';
  const p384 = privateKey.asymmetricKeyDetails?.namedCurve === 'secp384r1';
  const oid = ec ? (p384 ? OID.ecdsaWithSha384 : OID.ecdsaWithSha256) : OID.sha256WithRsa;
  const algorithm = BY_OID.get(oid);
  if (algorithm === undefined) throw new Error(`no row for ${oid}`);
  return algorithm;
}

/** DER of the AlgorithmIdentifier; RSA carries NULL (RFC 4055), ECDSA nothing (RFC 5758). */
export function encodeSignatureAlgorithm(algorithm: SignatureAlgorithm): Buffer {
  const { asn1 } = forge;
  const oid = asn1.create(
    asn1.Class.UNIVERSAL,
    asn1.Type.OID,
    false,
    asn1.oidToDer(algorithm.oid).getBytes(),
  );
  const nothing = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, '');
  const parts = algorithm.key === 'rsa' ? [oid, nothing] : [oid];
  const sequence = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts);
  return Buffer.from(asn1.toDer(sequence).getBytes(), 'latin1');
}

/** Signs bytes; ECDSA signatures are DER, as certificates carry them. */
export function sign(
  bytes: Uint8Array,
  options: { readonly privateKey: KeyObject; readonly algorithm: SignatureAlgorithm },
): Buffer {
  return cryptoSign(options.algorithm.hash, bytes, options.privateKey);
}

/** Whether the signature over bytes verifies. A key of the other kind never does. `kind` is that of the key. */
export function verifies(
  bytes: Uint8Array,
  options: {
    readonly signature: Uint8Array;
    readonly publicKey: KeyObject;
    readonly kind: KeyKind;
    readonly algorithm: SignatureAlgorithm;
  },
): boolean {
  const { signature, publicKey, kind, algorithm } = options;
  if (kind !== algorithm.key) return false;
  try {
    return cryptoVerify(algorithm.hash, bytes, publicKey, signature);
  } catch {
    return false;
  }
}
