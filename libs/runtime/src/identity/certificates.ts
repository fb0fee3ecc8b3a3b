import {
  certificatePem,
  keyMatchesCertificate,
  keyPairFromPem,
  PkiError,
  parseCertificates,
  verifyChain,
} from '@quintet/pki';
import { MeshError } from '../errors/mesh-error.ts';

/** PEM texts as they come from files or from citadel. */
export type CertificateTexts = {
  /** Leaf first; roots at its end are left away. */
  readonly certChainPem: string;
  readonly keyPem: string;
  /** One or more trusted roots. */
  readonly rootPem: string;
};

/** A key, its certificate and what to trust, checked to belong together. */
export type Certificates = CertificateTexts & {
  readonly spiffeId: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
};

/**
 * Checks that texts can be used as a workload's identity at `now`: the key is the leaf's, the chain leads to a
 * root, and the leaf has exactly one SPIFFE id. Throws `failed_precondition` and says what is wrong with what.
 */
export function checkCertificates(texts: CertificateTexts, now: number): Certificates {
  try {
    const [leaf, ...rest] = parseCertificates(texts.certChainPem, 'certificate chain');
    const roots = parseCertificates(texts.rootPem, 'root certificates');
    if (leaf === undefined) throw new MeshError('failed_precondition', 'certificate chain: it is empty');
    if (!keyMatchesCertificate(keyPairFromPem(texts.keyPem), leaf)) {
      throw new MeshError('failed_precondition', 'the private key is not the certificate’s');
    }
    verifyChain({ leaf, intermediates: rest, roots, now });
    const [spiffeId, ...others] = leaf.uris;
    if (spiffeId === undefined || others.length > 0 || !spiffeId.startsWith('spiffe://')) {
      throw new MeshError(
        'failed_precondition',
        `the certificate names ${leaf.uris.join(', ') || 'nobody'}, expected exactly one SPIFFE id`,
      );
    }
    const selfSigned = (c: { issuer: Uint8Array; subject: Uint8Array }) =>
      Buffer.compare(c.issuer, c.subject) === 0;
    const certChainPem = [leaf, ...rest.filter((c) => !selfSigned(c))].map(certificatePem).join('');
    return { ...texts, certChainPem, spiffeId, notBefore: leaf.notBefore, notAfter: leaf.notAfter };
  } catch (error) {
    if (error instanceof PkiError) {
      throw new MeshError('failed_precondition', error.message, { cause: error });
    }
    throw error;
  }
}
