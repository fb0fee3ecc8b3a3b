import { type Certificate, publicKeyOf } from './certificate.ts';
import { PkiError } from './error.ts';
import { OID } from './oid.ts';
import { checkPublicKeyInfo } from './public-key.ts';
import { verifies } from './signature.ts';

/** Longest chain looked for, leaf and root included. */
const MAX_LENGTH = 6;
/** Signatures tried before a bundle counts as an attack. */
const MAX_SIGNATURES = 32;
/** Extensions whose meaning is applied; another critical one makes a certificate unusable (RFC 5280 4.2). */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.subjectAltName,
]);

/** What to verify a leaf against. */
export type VerifyOptions = {
  readonly leaf: Certificate;
  /** Certificates that came along, in any order; none of them is trusted. */
  readonly intermediates: readonly Certificate[];
  readonly roots: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the leaf is presented as; absent: server or client. `authority`: the leaf is a CA that is to sign leaves. */
  readonly usage?: Usage;
};

type Usage = 'server' | 'client' | 'authority';

/**
 * Finds a chain from a leaf to a trusted root: names, signatures, lifetimes, CA flags, path lengths, key usages. The answer
 * is the chain, leaf first, root last. Throws `expired` when only time stands in the way, else `untrusted`. Name constraints
 * are not applied: a CA that carries them is not followed.
 */
export function verifyChain(options: VerifyOptions): Certificate[] {
  const { leaf, usage } = options;
  const search: Search = { ...options, signatures: 0, problem: undefined };
  const problem = problemOf(leaf, options.now);
  if (problem !== undefined) throw problem;
  if (leaf.isCa !== (usage === 'authority')) {
    throw new PkiError(
      'untrusted',
      leaf.isCa ? 'the leaf is a certificate authority' : 'not a certificate authority',
    );
  }
  if (usage !== undefined && !allows(leaf, usage))
    throw new PkiError('untrusted', `the leaf may not be used as a ${usage}`);
  const chain = extend([leaf], search);
  if (chain === undefined)
    throw search.problem ?? new PkiError('untrusted', 'no trusted root signed this chain');
  return chain;
}

type Search = VerifyOptions & { signatures: number; problem: PkiError | undefined };

function extend(chain: readonly Certificate[], search: Search): Certificate[] | undefined {
  const last = chain.at(-1);
  if (last === undefined || chain.length === MAX_LENGTH) return undefined;
  for (const root of search.roots) if (signs(root, { last, chain, search })) return [...chain, root];
  for (const next of search.intermediates) {
    if (chain.includes(next) || isSelfIssued(next) || !signs(next, { last, chain, search })) continue;
    const found = extend([...chain, next], search);
    if (found !== undefined) return found;
  }
  return undefined;
}

function signs(
  issuer: Certificate,
  { last, chain, search }: { last: Certificate; chain: readonly Certificate[]; search: Search },
): boolean {
  if (Buffer.compare(issuer.subject, last.issuer) !== 0 || !keyIdsAgree(issuer, last)) return false;
  const problem =
    problemOf(issuer, search.now) ??
    problemAsAuthority(issuer, {
      below: search.usage === 'authority' ? chain.length : chain.length - 1,
      usage: search.usage,
    });
  if (problem !== undefined) {
    search.problem = problem;
    return false;
  }
  if (++search.signatures > MAX_SIGNATURES) throw new PkiError('untrusted', 'too many certificates to try');
  const { signed, signature, signatureAlgorithm: algorithm } = last;
  const kind = checkPublicKeyInfo(issuer.publicKeyInfo, 'certificate');
  return verifies(signed, { signature, algorithm, kind, publicKey: publicKeyOf(issuer) });
}

function keyIdsAgree(issuer: Certificate, subject: Certificate): boolean {
  const { subjectKeyId } = issuer;
  const { authorityKeyId } = subject;
  return (
    subjectKeyId === undefined ||
    authorityKeyId === undefined ||
    Buffer.compare(subjectKeyId, authorityKeyId) === 0
  );
}

function isSelfIssued(certificate: Certificate): boolean {
  return Buffer.compare(certificate.subject, certificate.issuer) === 0;
}

function problemOf(certificate: Certificate, now: number): PkiError | undefined {
  if (now < certificate.notBefore)
    return new PkiError('expired', `not valid before ${iso(certificate.notBefore)}`);
  if (now > certificate.notAfter)
    return new PkiError('expired', `not valid after ${iso(certificate.notAfter)}`);
  for (const [oid, { critical }] of certificate.extensions) {
    if (critical && !UNDERSTOOD.has(oid))
      return new PkiError('untrusted', `critical extension ${oid} is not understood`);
  }
  return undefined;
}

function problemAsAuthority(
  certificate: Certificate,
  { below, usage }: { readonly below: number; readonly usage: VerifyOptions['usage'] },
): PkiError | undefined {
  const { isCa, keyUsage, pathLength } = certificate;
  if (!isCa || keyUsage?.has('keyCertSign') === false)
    return new PkiError('untrusted', 'an issuer is not a certificate authority');
  if (pathLength !== undefined && below > pathLength)
    return new PkiError('untrusted', 'a chain longer than its issuer allows');
  if (certificate.extensions.has(OID.nameConstraints))
    return new PkiError('untrusted', 'an issuer has name constraints');
  if (usage !== undefined && !allows(certificate, usage))
    return new PkiError('untrusted', `an issuer may not issue for a ${usage}`);
  return undefined;
}

function allows({ extendedKeyUsage }: Certificate, usage: Usage): boolean {
  if (extendedKeyUsage === undefined || usage === 'authority') return true;
  return (
    extendedKeyUsage.includes(OID.anyExtendedKeyUsage) ||
    extendedKeyUsage.includes(usage === 'server' ? OID.serverAuth : OID.clientAuth)
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
