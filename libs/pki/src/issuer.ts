import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type Certificate, keyMatchesCertificate } from './certificate.ts';
import { checkIssued } from './check-issued.ts';
import { contextTag, TAG } from './der/tags.ts';
import { bitString, positiveInteger, time, tlv } from './der/writer.ts';
import { EMPTY_NAME } from './distinguished-name.ts';
import { PkiError } from './error.ts';
import * as extension from './extensions.ts';
import { OID } from './oid.ts';
import { checkPublicKeyInfo, type KeyKind } from './public-key.ts';
import {
  encodeSignatureAlgorithm,
  type SignatureAlgorithm,
  sign,
  signatureAlgorithmFor,
} from './signature.ts';
import { encodeSubjectAltNames, type SubjectAltNames } from './subject-alt-names.ts';

/** A certificate authority ready to sign: constant parts of its certificates are spelled once. */
export type Issuer = {
  readonly certificate: Certificate;
  /**
   * Signs a certificate for a key. `notBefore` and `notAfter` are ms since 1970, whole seconds count; a lifetime that ends
   * after the issuer's, or before it begins, is refused (`ttl`), as are names that cannot be written (`refused`) and a
   * certificate without a name. The answer is DER, read back and compared before it is returned.
   */
  readonly issue: (options: IssueOptions) => Buffer;
};

/** What to sign. The names are the authenticated caller's, never taken from a CSR. */
export type IssueOptions = {
  readonly publicKeyInfo: Uint8Array;
  readonly names: SubjectAltNames;
  readonly notBefore: number;
  readonly notAfter: number;
  /** 16 random bytes; zero is refused (RFC 5280 4.1.2.2). */
  readonly serial: Uint8Array;
};

type Constants = {
  readonly algorithm: SignatureAlgorithm;
  readonly algorithmDer: Buffer;
  readonly publicKey: KeyObject;
  readonly version: Buffer;
  /** Extensions that are the same in every certificate, by kind of the subject's key. */
  readonly leaf: Readonly<Record<KeyKind, Buffer>>;
  readonly authorityKeyId: Buffer;
};

/** Binds a CA certificate and its key. `refused`: not a CA, or the key is another's. */
export function createIssuer(options: {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}): Issuer {
  const { certificate, privateKey } = options;
  if (!certificate.isCa || certificate.keyUsage?.has('keyCertSign') === false) {
    throw new PkiError(
      'refused',
      'CA certificate: it may not sign certificates (basicConstraints CA, keyCertSign)',
    );
  }
  if (!keyMatchesCertificate({ privateKey }, certificate))
    throw new PkiError('refused', 'CA certificate: not for this CA key');
  const constants = constantsOf(certificate, privateKey);
  return { certificate, issue: (what) => issue(what, { certificate, privateKey, constants }) };
}

/** Key identifier of RFC 5280 4.2.1.2 (1): SHA-1 of the public key's bits. An identifier, no protection rests on it. */
export function keyIdentifier(publicKeyInfo: Uint8Array): Buffer {
  return createHash('sha1').update(extension.publicKeyOctets(publicKeyInfo, 'public key')).digest();
}

function constantsOf(certificate: Certificate, privateKey: KeyObject): Constants {
  const algorithm = signatureAlgorithmFor(privateKey);
  const common = [
    extension.extendedKeyUsage([OID.serverAuth, OID.clientAuth]),
    extension.basicConstraints({ ca: false }),
  ];
  return {
    algorithm,
    algorithmDer: encodeSignatureAlgorithm(algorithm),
    publicKey: createPublicKey(privateKey),
    version: tlv(contextTag(0, { constructed: true }), positiveInteger(Buffer.of(2))),
    leaf: {
      ec: Buffer.concat([extension.keyUsage(['digitalSignature']), ...common]),
      rsa: Buffer.concat([extension.keyUsage(['digitalSignature', 'keyEncipherment']), ...common]),
    },
    authorityKeyId: extension.authorityKeyIdentifier(
      certificate.subjectKeyId ?? keyIdentifier(certificate.publicKeyInfo),
    ),
  };
}

function issue(
  options: IssueOptions,
  ca: { readonly certificate: Certificate; readonly privateKey: KeyObject; readonly constants: Constants },
): Buffer {
  const { publicKeyInfo, names, notBefore, notAfter, serial } = options;
  const { certificate, privateKey, constants } = ca;
  checkLifetime(options, certificate);
  if (names.uris.length + names.dnsNames.length + names.ipAddresses.length === 0) {
    throw new PkiError('refused', 'a certificate needs a name');
  }
  const kind = checkPublicKeyInfo(publicKeyInfo, 'public key');
  const body = tlv(
    TAG.sequence,
    constants.version,
    serialNumber(serial),
    constants.algorithmDer,
    certificate.subject,
    tlv(TAG.sequence, time(notBefore), time(notAfter)),
    EMPTY_NAME,
    publicKeyInfo,
    tlv(
      contextTag(3, { constructed: true }),
      tlv(
        TAG.sequence,
        constants.leaf[kind],
        subjectKeyId(keyIdentifier(publicKeyInfo)),
        constants.authorityKeyId,
        subjectAltName(encodeSubjectAltNames(names)),
      ),
    ),
  );
  const signature = sign(body, { privateKey, algorithm: constants.algorithm });
  const der = tlv(TAG.sequence, body, constants.algorithmDer, bitString(signature));
  checkIssued(der, {
    publicKeyInfo,
    serial,
    notBefore,
    notAfter,
    uris: names.uris,
    dnsNames: names.dnsNames,
    ipAddressCount: names.ipAddresses.length,
    isCa: false,
    issuerKey: constants.publicKey,
    hash: constants.algorithm.hash,
  });
  return der;
}

function checkLifetime({ notBefore, notAfter }: IssueOptions, issuer: Certificate): void {
  if (!(notBefore < notAfter)) throw new PkiError('ttl', 'a lifetime that ends before it begins');
  if (notAfter > issuer.notAfter) {
    throw new PkiError(
      'ttl',
      `a certificate until ${iso(notAfter)}, but its issuer ends at ${iso(issuer.notAfter)}`,
    );
  }
}

const SUBJECT_KEY_ID_HEAD = extension.subjectKeyIdentifier(Buffer.alloc(20)).subarray(0, -20);
const SUBJECT_ALT_NAME_HEAD = extension
  .encodeExtension(OID.subjectAltName, { critical: true, value: Buffer.alloc(0) })
  .subarray(2, -2);

function subjectKeyId(id: Uint8Array): Buffer {
  return Buffer.concat([SUBJECT_KEY_ID_HEAD, id]);
}

/** Always critical: the subject is empty (RFC 5280 4.2.1.6). */
function subjectAltName(value: Uint8Array): Buffer {
  return tlv(TAG.sequence, SUBJECT_ALT_NAME_HEAD, tlv(TAG.octetString, value));
}

/** An INTEGER that cannot be zero; 16 bytes stay below the 20 octets of RFC 5280. */
export function serialNumber(serial: Uint8Array): Buffer {
  if (serial.length !== 16 || serial.every((byte) => byte === 0)) {
    throw new PkiError('refused', 'a serial number is 16 random bytes, not all zero');
  }
  return positiveInteger(serial);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
