import { type Certificate, parseCertificate } from './certificate.ts';
import { checkIssued } from './check-issued.ts';
import { contextTag, TAG } from './der/tags.ts';
import { bitString, positiveInteger, time, tlv } from './der/writer.ts';
import { encodeName } from './distinguished-name.ts';
import { PkiError } from './error.ts';
import * as extension from './extensions.ts';
import { keyIdentifier, serialNumber } from './issuer.ts';
import { type KeyPair, publicKeyInfo } from './key-pair.ts';
import { encodeSignatureAlgorithm, sign, signatureAlgorithmFor } from './signature.ts';

/** A root to be. Times are ms since 1970; `serial` is 16 random bytes. */
export type SelfSignedOptions = {
  readonly keyPair: KeyPair;
  /** The classic root is known by its trust domain. */
  readonly organization: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly serial: Uint8Array;
};

/**
 * Makes a root: subject = issuer, CA, certificate and CRL signing only. Called again with the same key and organization it
 * makes the renewed root: chains to the old one verify with the new one too, since name, key and key identifier are equal.
 */
export function createSelfSignedRoot(options: SelfSignedOptions): Certificate {
  const { keyPair, organization, notBefore, notAfter, serial } = options;
  if (!(notBefore < notAfter)) throw new PkiError('ttl', 'a root that ends before it begins');
  const spki = publicKeyInfo(keyPair.publicKey);
  const algorithm = signatureAlgorithmFor(keyPair.privateKey);
  const algorithmDer = encodeSignatureAlgorithm(algorithm);
  const name = encodeName({ organization });
  const extensions = tlv(
    TAG.sequence,
    extension.keyUsage(['keyCertSign', 'crlSign']),
    extension.basicConstraints({ ca: true }),
    extension.subjectKeyIdentifier(keyIdentifier(spki)),
  );
  const body = tlv(
    TAG.sequence,
    tlv(contextTag(0, { constructed: true }), positiveInteger(Buffer.of(2))),
    serialNumber(serial),
    algorithmDer,
    name,
    tlv(TAG.sequence, time(notBefore), time(notAfter)),
    name,
    spki,
    tlv(contextTag(3, { constructed: true }), extensions),
  );
  const signature = sign(body, { privateKey: keyPair.privateKey, algorithm });
  const der = tlv(TAG.sequence, body, algorithmDer, bitString(signature));
  checkIssued(der, {
    publicKeyInfo: spki,
    serial,
    notBefore,
    notAfter,
    uris: [],
    dnsNames: [],
    ipAddressCount: 0,
    isCa: true,
    issuerKey: keyPair.publicKey,
    hash: algorithm.hash,
  });
  return parseCertificate(der, 'root certificate');
}
