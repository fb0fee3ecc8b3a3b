import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Keys and tokens of an issuer for tests. */
export type TestIssuer = {
  readonly jwks: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly token: (claims: object, header?: object) => string;
};

export const ISSUER = 'test-issuer';
export const NOW = Date.UTC(2030, 0, 1);

/** Claims that are accepted at `NOW`. */
export const CLAIMS = {
  iss: ISSUER,
  aud: ['istio-ca'],
  sub: 'system:serviceaccount:default:reviews',
  exp: NOW / 1000 + 3600,
};

export function createTestIssuer(algorithm: 'ES256' | 'RS256' = 'ES256'): TestIssuer {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey,
    publicKey,
    jwks: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] }),
    token(claims, header = { alg: algorithm, kid: 'one' }) {
      const text = `${encode(header)}.${encode(claims)}`;
      const key =
        algorithm === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey;
      return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
    },
  };
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
