import { createHash } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type TrustBundle, TrustBundleSchema } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import { type Certificate, certificatePem, parseCertificates } from './certificate.ts';
import { PkiError } from './error.ts';
import { type Document, type DocumentSigner, signDocument, verifyDocument } from './signed-document.ts';

const WHAT = 'trust bundle';

/** What a bundle says, and who vouches for it. Times are ms since 1970. */
export type SignBundleOptions = {
  readonly roots: readonly Certificate[];
  readonly trustDomain: string;
  /** Higher than that of every bundle before. */
  readonly sequence: bigint;
  readonly issuedAt: number;
  readonly signer: DocumentSigner;
};

/** Makes a signed bundle: one root a PEM, sorted, hash over everything but hash and signatures. */
export function signTrustBundle(options: SignBundleOptions): TrustBundle {
  const { roots, trustDomain, sequence, issuedAt, signer } = options;
  const bundle = create(TrustBundleSchema, {
    rootCertificates: [...new Set(roots.map(certificatePem))].sort(),
    trustDomain,
    sequence,
    issuedAt: timestampFromMs(issuedAt),
  });
  const document = documentOf(bundle);
  bundle.hash = hashOf(document);
  bundle.signatures = [signDocument(document, signer)];
  return bundle;
}

/** Whom a reader trusts already. `now` is ms since 1970. */
export type VerifyBundleOptions = {
  readonly roots: readonly Certificate[];
  readonly trustDomain: string;
  /** Whether a SPIFFE id may sign bundles: a certificate of the mesh alone does not do, every workload has one. */
  readonly maySign: (spiffeId: string) => boolean;
  readonly now: number;
};

/**
 * The roots of a bundle that a signer vouches for whose certificate leads to a root trusted already. Throws `PkiError`
 * (`untrusted`, `signature`, `malformed`), upon which the reader keeps what it has.
 */
export function verifyTrustBundle(bundle: TrustBundle, options: VerifyBundleOptions): Certificate[] {
  if (bundle.trustDomain !== options.trustDomain) {
    throw new PkiError(
      'untrusted',
      `${WHAT}: of trust domain ${bundle.trustDomain}, expected ${options.trustDomain}`,
    );
  }
  const document = documentOf(bundle);
  if (bundle.hash !== hashOf(document))
    throw new PkiError('malformed', `${WHAT}: its hash is not that of its content`);
  const roots = bundle.rootCertificates.flatMap((pem) => parseCertificates(pem, WHAT));
  if (roots.length === 0 || roots.some((root) => !root.isCa))
    throw new PkiError('malformed', `${WHAT}: not a list of roots`);
  let problem: unknown = new PkiError('untrusted', `${WHAT}: not signed`);
  for (const signature of bundle.signatures.slice(0, 4)) {
    try {
      verifyDocument(document, signature, { ...options, what: WHAT });
      return roots;
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      problem = error;
    }
  }
  throw problem;
}

/** What is hashed and signed: the bundle without hash and signatures. */
function documentOf(bundle: TrustBundle): Document {
  const { rootCertificates, trustDomain, sequence, issuedAt } = bundle;
  const content = create(TrustBundleSchema, {
    rootCertificates,
    trustDomain,
    sequence,
    ...(issuedAt && { issuedAt }),
  });
  return { kind: TrustBundleSchema.typeName, content: toBinary(TrustBundleSchema, content) };
}

function hashOf({ kind, content }: Document): string {
  return createHash('sha256').update(`${kind}\0`).update(content).digest('hex');
}
