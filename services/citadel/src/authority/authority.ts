import {
  type Certificate,
  certificatePem,
  createIssuer,
  type Issuer,
  type KeyPair,
  PkiError,
  verifyChain,
} from '@quintet/pki';

/** What a certificate authority consists of, wherever it was read from. */
export type AuthorityMaterial = {
  readonly keyPair: KeyPair;
  /** The certificate of the key above. */
  readonly certificate: Certificate;
  /** Certificates that lead from it to the root, without both; empty for a self-signed authority. */
  readonly intermediates: readonly Certificate[];
  /** What everybody in the mesh is to trust, the root of `certificate` among them. */
  readonly roots: readonly Certificate[];
};

/** A certificate authority that can sign now. */
export type Authority = {
  readonly issuer: Issuer;
  readonly material: AuthorityMaterial;
  /** What follows a leaf in an answer: the signing certificate unless it is the root, intermediates, the root. */
  readonly chain: readonly Certificate[];
  /** The same as PEM. */
  readonly chainPem: readonly string[];
  readonly root: Certificate;
  /** Milliseconds since 1970 at which the first certificate of the chain ends: no leaf outlives it. */
  readonly notAfter: number;
};

/**
 * Puts an authority together and checks that it works: key and certificate belong together, the certificate may sign, and a
 * chain leads to one of the roots at time `now` (ms since 1970). Throws `PkiError`.
 */
export function createAuthority(material: AuthorityMaterial, now: number): Authority {
  const { certificate, keyPair, intermediates, roots } = material;
  const issuer = createIssuer({ certificate, privateKey: keyPair.privateKey });
  const own = roots.find((root) => Buffer.compare(root.der, certificate.der) === 0);
  const above = own === undefined ? verifyAuthorityChain(material, now) : [own];
  const root = above.at(-1);
  if (root === undefined) throw new PkiError('untrusted', 'the CA certificate leads to no root');
  if (now > certificate.notAfter)
    throw new PkiError('expired', `the CA certificate ended at ${iso(certificate.notAfter)}`);
  return {
    issuer,
    material: { certificate, keyPair, intermediates, roots },
    chain: above,
    chainPem: above.map(certificatePem),
    root,
    notAfter: Math.min(...above.map((one) => one.notAfter)),
  };
}

/** The signing certificate, intermediates and root, in that order. */
function verifyAuthorityChain(
  { certificate, intermediates, roots }: AuthorityMaterial,
  now: number,
): Certificate[] {
  return verifyChain({ leaf: certificate, intermediates, roots, now, usage: 'authority' });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
