/** What a token says of itself. Not verified: citadel does that; here it only plans when to look again. */
export type TokenClaims = {
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** Who the token is for, for logs before citadel has answered; empty when it does not say. */
  readonly subject: string;
};

const MAX_TOKEN_LENGTH = 8 * 1024;

/** Reads expiry and subject of a JSON web token. Undefined when it has no expiry or is no such token. */
export function readTokenClaims(token: string): TokenClaims | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return undefined;
    const expires: unknown = Reflect.get(claims, 'exp');
    const subject: unknown = Reflect.get(claims, 'sub');
    if (typeof expires !== 'number' || !Number.isFinite(expires)) return undefined;
    return { expires: expires * 1000, subject: typeof subject === 'string' ? subject.slice(0, 512) : '' };
  } catch {
    return undefined;
  }
}
