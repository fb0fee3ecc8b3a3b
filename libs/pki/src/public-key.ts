import { createPublicKey, type KeyObject } from 'node:crypto';
import { bitStringOctets, checkInteger, DerReader, readOid, readOnly } from './der/reader.ts';
import { TAG } from './der/tags.ts';
import { PkiError } from './error.ts';
import { OID } from './oid.ts';

/** RSA keys below are weak; above, one verification takes long enough to be an attack. */
const RSA_BITS = { least: 2048, most: 8192 } as const;

/** Size of one coordinate of the accepted curves, in bytes. */
const CURVES: ReadonlyMap<string, number> = new Map([
  [OID.prime256v1, 32],
  [OID.secp384r1, 48],
]);

/** Kind of a key, as far as signature algorithms care. */
export type KeyKind = 'ec' | 'rsa';

/**
 * Looks at a SubjectPublicKeyInfo (RFC 5280 4.1.2.7) without importing it: RSA of 2048 to 8192 bits with an odd exponent
 * of at least 65537, or an uncompressed point on P-256 or P-384. Else `weak` or `malformed`.
 */
export function checkPublicKeyInfo(spki: Uint8Array, what: string): KeyKind {
  const info = new DerReader(readOnly(spki, { tag: TAG.sequence, what }).content, what);
  const algorithm = info.enter(TAG.sequence);
  const key = bitStringOctets(info.expect(TAG.bitString), what);
  info.end();
  const oid = readOid(algorithm.expect(TAG.oid), what);
  if (oid === OID.ecPublicKey) checkPoint(algorithm, { key, what });
  else if (oid === OID.rsaEncryption) {
    algorithm.optional(TAG.null);
    checkRsa(key, what);
  } else throw new PkiError('weak', `${what}: key algorithm ${oid} is not accepted, expected RSA or EC`);
  algorithm.end();
  return oid === OID.ecPublicKey ? 'ec' : 'rsa';
}

/** Imports a checked SubjectPublicKeyInfo; a point off its curve is `malformed`. */
export function importPublicKey(spki: Uint8Array, what: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new PkiError('malformed', `${what}: not a usable public key`, { cause });
  }
}

function checkPoint(algorithm: DerReader, { key, what }: { key: Uint8Array; what: string }): void {
  const curve = readOid(algorithm.expect(TAG.oid), what);
  const size = CURVES.get(curve);
  if (size === undefined)
    throw new PkiError('weak', `${what}: curve ${curve} is not accepted, expected P-256 or P-384`);
  if (key.length !== 1 + 2 * size || key[0] !== 4)
    throw new PkiError('malformed', `${what}: not an uncompressed point`);
}

function checkRsa(key: Uint8Array, what: string): void {
  const numbers = new DerReader(readOnly(key, { tag: TAG.sequence, what }).content, what);
  const modulus = positive(numbers.expect(TAG.integer).content, what);
  const exponent = positive(numbers.expect(TAG.integer).content, what);
  numbers.end();
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    throw new PkiError(
      'weak',
      `${what}: RSA key of ${bits} bits, expected ${RSA_BITS.least} to ${RSA_BITS.most}`,
    );
  }
  const value = exponent.length > 4 ? 0 : exponent.reduce((sum, byte) => sum * 256 + byte, 0);
  if (value < 65537 || value % 2 === 0) throw new PkiError('weak', `${what}: RSA exponent is not accepted`);
}

/** Magnitude of a positive INTEGER without its sign octet. */
function positive(content: Uint8Array, what: string): Uint8Array {
  checkInteger(content, what);
  if ((content[0] ?? 0) >= 0x80) throw new PkiError('malformed', `${what}: negative number in a key`);
  return content[0] === 0 ? content.subarray(1) : content;
}
