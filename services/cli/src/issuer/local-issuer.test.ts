import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLocalIssuer } from './local-issuer.ts';

const NOW = Date.UTC(2024, 0, 1);
const account = { namespace: 'shop', serviceAccount: 'till' };

function decode(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
}

describe('createLocalIssuer', () => {
  it('signs tokens that its published key verifies', () => {
    const issuer = createLocalIssuer();
    const [head, claims, seal] = issuer.token(account, NOW).split('.');
    expect(decode(head)).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'local' });
    expect(decode(claims)).toEqual({
      iss: 'quintet-local',
      aud: ['istio-ca'],
      sub: 'system:serviceaccount:shop:till',
      iat: NOW / 1000,
      exp: NOW / 1000 + 3600,
      jti: expect.any(String),
    });
    const { keys }: { keys: JsonWebKey[] } = JSON.parse(issuer.jwks);
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
    const key = createPublicKey({ format: 'jwk', key: keys[0] ?? {} });
    const signature = Buffer.from(seal ?? '', 'base64url');
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });

  it('goes on with a kept key, and never makes the same token twice', () => {
    const first = createLocalIssuer();
    const second = createLocalIssuer(first.privateKey);
    expect(second.jwks).toBe(first.jwks);
    expect(second.token(account, NOW)).not.toBe(first.token(account, NOW));
  });
});
