import { sign, verify } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { type Signature, SignatureSchema } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import { type Certificate, certificatePem, parseCertificates, publicKeyOf } from './certificate.ts';
import { PkiError } from './error.ts';
import type { KeyPair } from './key-pair.ts';
import { verifyChain } from './verify-chain.ts';

/** What is signed. */
export type Document = {
  /** Full name of the message; keeps a signature over one kind of document from passing as one over another. */
  readonly kind: string;
  readonly content: Uint8Array;
};

/** Key and certificates of the signer: leaf first, then intermediates; the root may follow. */
export type DocumentSigner = { readonly keyPair: KeyPair; readonly chain: readonly Certificate[] };

/** Signs a document with the key of a workload, whose certificates go along. */
export function signDocument(document: Document, { keyPair, chain }: DocumentSigner): Signature {
  const { privateKey } = keyPair;
  return create(SignatureSchema, {
    certificateChain: chain.map(certificatePem),
    algorithm: privateKey.asymmetricKeyType === 'rsa' ? 'rsa-sha256' : 'ecdsa-sha256',
    signature: sign('sha256', signedBytes(document), privateKey),
  });
}

/** Whom a reader believes. `now` is ms since 1970. */
export type DocumentTrust = {
  readonly roots: readonly Certificate[];
  /** Whether a SPIFFE id may sign such a document: a certificate of the mesh alone does not do, every workload has one. */
  readonly maySign: (spiffeId: string) => boolean;
  readonly now: number;
  /** What the document is called in errors. */
  readonly what: string;
};

/**
 * The SPIFFE id that signed a document, when its certificate leads to a trusted root and it may sign. Throws `PkiError`
 * (`untrusted`, `expired`, `signature`, `malformed`) otherwise.
 */
export function verifyDocument(document: Document, signature: Signature, trust: DocumentTrust): string {
  const { roots, maySign, now, what } = trust;
  const [leaf, ...intermediates] = signature.certificateChain.flatMap((pem) => parseCertificates(pem, what));
  if (leaf === undefined) throw new PkiError('malformed', `${what}: signature without a certificate`);
  verifyChain({ leaf, intermediates, roots, now });
  const [id] = leaf.uris;
  if (leaf.uris.length !== 1 || id === undefined || !maySign(id)) {
    throw new PkiError('untrusted', `${what}: signed by ${leaf.uris.join(', ') || 'nobody'}, who may not`);
  }
  const key = publicKeyOf(leaf);
  const expected = key.asymmetricKeyType === 'rsa' ? 'rsa-sha256' : 'ecdsa-sha256';
  if (
    signature.algorithm !== expected ||
    !verify('sha256', signedBytes(document), key, signature.signature)
  ) {
    throw new PkiError('signature', `${what}: its signature does not verify`);
  }
  return id;
}

function signedBytes({ kind, content }: Document): Uint8Array {
  return Buffer.concat([Buffer.from(`${kind}\0`, 'latin1'), content]);
}
