import { verify } from 'node:crypto';
import type { TokenKey } from './jwks.ts';

/** Longer tokens are refused unread. */
const MAX_TOKEN_LENGTH = 8 * 1024;
/** How far the issuer's clock may be ahead of ours, for "not before" only. */
const SKEW_MS = 10_000;

/** What a token must say. `now` is ms since 1970. */
export type TokenExpectations = {
  readonly keys: readonly TokenKey[];
  readonly issuer: string;
  readonly audience: string;
  readonly now: number;
};

/** A token that was accepted. */
export type VerifiedToken = { readonly subject: string; readonly expires: number };

/**
 * Verifies a compact JWS with JWT claims (RFC 7515, 7519). The algorithm is the one of the key, never the one the token
 * asks for; `exp`, `iss`, `aud` and `sub` must be there. Answers with the subject or with one sentence why not.
 */
export function verifyToken(
  token: string,
  expected: TokenExpectations,
): VerifiedToken | { readonly refused: string } {
  if (token.length > MAX_TOKEN_LENGTH) return refuse('token too long');
  const parts = token.split('.');
  const [head = '', body = '', seal = ''] = parts;
  const header = decodeObject(head);
  const claims = decodeObject(body);
  const signature = decodeBase64Url(seal);
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined) {
    return refuse('not a signed JSON web token');
  }
  if (header.get('crit') !== undefined || header.get('b64') !== undefined)
    return refuse('header with critical extensions');
  const signed = Buffer.from(`${head}.${body}`, 'latin1');
  const candidates = expected.keys.filter((key) => fits(key, header));
  if (candidates.length === 0) return refuse('no key for its "kid" and "alg"');
  if (!candidates.some((key) => signatureHolds(key, { signed, signature })))
    return refuse('signature does not verify');
  return checkClaims(claims, expected);
}

type Json = ReadonlyMap<string, unknown>;

function fits(key: TokenKey, header: Json): boolean {
  const id = header.get('kid');
  return header.get('alg') === key.algorithm && (id === undefined || id === key.id);
}

function signatureHolds({ algorithm, key }: TokenKey, bytes: { signed: Buffer; signature: Buffer }): boolean {
  const options = algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : { key };
  return verify('sha256', bytes.signed, options, bytes.signature);
}

function checkClaims(
  claims: Json,
  { issuer, audience, now }: TokenExpectations,
): VerifiedToken | { refused: string } {
  const expires = claims.get('exp');
  if (typeof expires !== 'number' || !Number.isFinite(expires)) return refuse('no "exp"');
  if (now >= expires * 1000) return refuse('expired');
  for (const name of ['nbf', 'iat']) {
    const value = claims.get(name);
    if (value === undefined) continue;
    if (typeof value !== 'number' || value * 1000 > now + SKEW_MS)
      return refuse(`"${name}" lies in the future`);
  }
  if (claims.get('iss') !== issuer) return refuse('other issuer');
  const found = claims.get('aud');
  const audiences = Array.isArray(found) ? found : [found];
  if (!audiences.includes(audience)) return refuse('other audience');
  const subject = claims.get('sub');
  if (typeof subject !== 'string') return refuse('no "sub"');
  return { subject, expires: expires * 1000 };
}

function decodeObject(text: string): Json | undefined {
  const bytes = decodeBase64Url(text);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? new Map(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

function refuse(refused: string): { readonly refused: string } {
  return { refused };
}
