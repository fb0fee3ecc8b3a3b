import { createHash, sign, verify } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  SignatureSchema,
  type TrustBundle,
  TrustBundleSchema,
} from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import { type Certificate, certificatePem, parseCertificates, publicKeyOf } from './certificate.ts';
import { PkiError } from './error.ts';
import type { KeyPair } from './key-pair.ts';
import { verifyChain } from './verify-chain.ts';

/** Keeps a signature over a bundle from passing as one over anything else. */
const CONTEXT = Buffer.from('quintet.trust.v1.TrustBundle\0', 'latin1');
const WHAT = 'trust bundle';

/** What a bundle says, and who vouches for it. Times are ms since 1970. */
export type SignBundleOptions = {
  readonly roots: readonly Certificate[];
  readonly trustDomain: string;
  /** Higher than that of every bundle before. */
  readonly sequence: bigint;
  readonly issuedAt: number;
  /** Key and certificates of the signer: leaf first, then intermediates; the root may follow. */
  readonly signer: { readonly keyPair: KeyPair; readonly chain: readonly Certificate[] };
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
  const content = contentOf(bundle);
  bundle.hash = hashOf(content);
  const rsa = signer.keyPair.privateKey.asymmetricKeyType === 'rsa';
  bundle.signatures = [
    create(SignatureSchema, {
      certificateChain: signer.chain.map(certificatePem),
      algorithm: rsa ? 'rsa-sha256' : 'ecdsa-sha256',
      signature: sign('sha256', content, signer.keyPair.privateKey),
    }),
  ];
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
  const content = contentOf(bundle);
  if (bundle.hash !== hashOf(content))
    throw new PkiError('malformed', `${WHAT}: its hash is not that of its content`);
  const roots = bundle.rootCertificates.flatMap((pem) => parseCertificates(pem, WHAT));
  if (roots.length === 0 || roots.some((root) => !root.isCa))
    throw new PkiError('malformed', `${WHAT}: not a list of roots`);
  let problem: unknown = new PkiError('untrusted', `${WHAT}: not signed`);
  for (const signature of bundle.signatures.slice(0, 4)) {
    try {
      checkSignature(signature, content, options);
      return roots;
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      problem = error;
    }
  }
  throw problem;
}

function checkSignature(
  { certificateChain, algorithm, signature }: TrustBundle['signatures'][number],
  content: Uint8Array,
  { roots, maySign, now }: VerifyBundleOptions,
): void {
  const [leaf, ...intermediates] = certificateChain.flatMap((pem) => parseCertificates(pem, WHAT));
  if (leaf === undefined) throw new PkiError('malformed', `${WHAT}: signature without a certificate`);
  verifyChain({ leaf, intermediates, roots, now });
  const [id] = leaf.uris;
  if (leaf.uris.length !== 1 || id === undefined || !maySign(id)) {
    throw new PkiError('untrusted', `${WHAT}: signed by ${leaf.uris.join(', ') || 'nobody'}, who may not`);
  }
  const key = publicKeyOf(leaf);
  const expected = key.asymmetricKeyType === 'rsa' ? 'rsa-sha256' : 'ecdsa-sha256';
  if (algorithm !== expected || !verify('sha256', content, key, signature)) {
    throw new PkiError('signature', `${WHAT}: its signature does not verify`);
  }
}

/** The bytes that are hashed and signed: the bundle without hash and signatures. */
function contentOf(bundle: TrustBundle): Buffer {
  const { rootCertificates, trustDomain, sequence, issuedAt } = bundle;
  const content = create(TrustBundleSchema, {
    rootCertificates,
    trustDomain,
    sequence,
    ...(issuedAt && { issuedAt }),
  });
  return Buffer.concat([CONTEXT, toBinary(TrustBundleSchema, content)]);
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
