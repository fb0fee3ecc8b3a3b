export {
  type Certificate,
  certificatePem,
  keyMatchesCertificate,
  parseCertificate,
  parseCertificates,
  publicKeyOf,
} from './certificate.ts';
export { type Csr, createCsr, parseCsr } from './csr.ts';
export { PkiError, type PkiErrorCode } from './error.ts';
export { createIssuer, type IssueOptions, type Issuer } from './issuer.ts';
export {
  generateKeyPair,
  type KeyPair,
  type KeyPairOptions,
  keyPairFromPem,
  privateKeyPem,
} from './key-pair.ts';
export { createSelfSignedRoot, type SelfSignedOptions } from './self-signed.ts';
export {
  type Document,
  type DocumentSigner,
  type DocumentTrust,
  signDocument,
  verifyDocument,
} from './signed-document.ts';
export { classifyNames, type SubjectAltNames } from './subject-alt-names.ts';
export {
  type SignBundleOptions,
  signTrustBundle,
  type VerifyBundleOptions,
  verifyTrustBundle,
} from './trust-bundle.ts';
export { type VerifyOptions, verifyChain } from './verify-chain.ts';
