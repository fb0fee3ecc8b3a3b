import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLAIMS, createTestIssuer, encode, ISSUER, NOW } from '../testing/test-tokens.ts';
import { parseJwks } from './jwks.ts';
import { verifyToken } from './jwt.ts';

const ec = createTestIssuer('ES256');
const rsa = createTestIssuer('RS256');
const expectations = (jwks: string) => ({
  keys: parseJwks(jwks, 'keys'),
  issuer: ISSUER,
  audience: 'istio-ca',
  now: NOW,
});
const verdict = (token: string, jwks = ec.jwks) => {
  const answer = verifyToken(token, expectations(jwks));
  return 'refused' in answer ? answer.refused : answer.subject;
};

describe('a token', () => {
  it.each([
    ['ES256', ec],
    ['RS256', rsa],
  ])('signed with %s is accepted', (_, issuer) => {
    expect(verifyToken(issuer.token(CLAIMS), expectations(issuer.jwks))).toEqual({
      subject: CLAIMS.sub,
      expires: CLAIMS.exp * 1000,
    });
  });

  it.each<[string, string]>([
    ['expired', ec.token({ ...CLAIMS, exp: NOW / 1000 })],
    ['no "exp"', ec.token({ ...CLAIMS, exp: undefined })],
    ['no "exp"', ec.token({ ...CLAIMS, exp: '9999999999' })],
    ['"nbf" lies in the future', ec.token({ ...CLAIMS, nbf: NOW / 1000 + 11 })],
    ['"iat" lies in the future', ec.token({ ...CLAIMS, iat: NOW / 1000 + 11 })],
    ['other issuer', ec.token({ ...CLAIMS, iss: 'another' })],
    ['other issuer', ec.token({ ...CLAIMS, iss: undefined })],
    ['other audience', ec.token({ ...CLAIMS, aud: ['api'] })],
    ['other audience', ec.token({ ...CLAIMS, aud: undefined })],
    ['no "sub"', ec.token({ ...CLAIMS, sub: 7 })],
    ['no key for its "kid" and "alg"', ec.token(CLAIMS, { alg: 'none' })],
    ['no key for its "kid" and "alg"', ec.token(CLAIMS, { alg: 'RS256', kid: 'one' })],
    ['no key for its "kid" and "alg"', ec.token(CLAIMS, { alg: 'ES256', kid: 'two' })],
    ['no key for its "kid" and "alg"', ec.token(CLAIMS, { kid: 'one' })],
    ['header with critical extensions', ec.token(CLAIMS, { alg: 'ES256', crit: ['b64'], b64: false })],
    ['signature does not verify', createTestIssuer().token(CLAIMS)],
    ['signature does not verify', `${encode({ alg: 'ES256' })}.${encode(CLAIMS)}.${encode('x')}`],
    ['not a signed JSON web token', `${encode({ alg: 'none' })}.${encode(CLAIMS)}.`],
    ['not a signed JSON web token', `${ec.token(CLAIMS)}=`],
    ['not a signed JSON web token', `${ec.token(CLAIMS)}.x`],
    ['not a signed JSON web token', `${encode([])}.${encode(CLAIMS)}.${encode('x')}`],
    ['not a signed JSON web token', ''],
    ['token too long', 'x'.repeat(9000)],
  ])('is refused: %s', (why, token) => expect(verdict(token)).toBe(why));

  it('is not accepted when the public key was used as a secret', () => {
    const text = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(CLAIMS)}`;
    const secret = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const forged = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    expect(verdict(forged, rsa.jwks)).toBe('no key for its "kid" and "alg"');
  });

  it('of any other text is refused, and nothing breaks', () => {
    const good = ec.token(CLAIMS);
    fc.assert(fc.property(fc.string(), (text) => 'refused' in verifyToken(text, expectations(ec.jwks))));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.constantFrom(...'AZaz09-_.'), (at, letter) => {
        const changed = good.slice(0, at) + letter + good.slice(at + 1);
        return changed === good || 'refused' in verifyToken(changed, expectations(ec.jwks));
      }),
    );
  });
});

describe('a key set', () => {
  const key = JSON.parse(ec.jwks).keys[0];
  it.each([
    ['not JSON', '{'],
    ['has no list', '{}'],
    ['has no list', '[]'],
    ['no usable key', '{"keys":[]}'],
    [
      'no usable key',
      JSON.stringify({
        keys: [{ kty: 'oct' }, { kty: 'EC', crv: 'P-521' }, { ...key, use: 'enc' }, 7, null],
      }),
    ],
    ['no usable key', JSON.stringify({ keys: [{ ...key, alg: 'RS256' }] })],
    ['a private key has no place here', JSON.stringify({ keys: [ec.privateKey.export({ format: 'jwk' })] })],
    ['a private key has no place here', JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })],
    ['not a usable key', JSON.stringify({ keys: [{ ...key, x: 'AAAA' }] })],
    ['"y" is not a string', JSON.stringify({ keys: [{ ...key, y: 1 }] })],
  ])('is refused: %s', (why, text) => expect(() => parseJwks(text, 'keys.json')).toThrow(why));

  it('may hold keys of kinds that are not used', () => {
    const keys = [{ kty: 'OKP', crv: 'Ed25519', x: 'a' }, key, JSON.parse(rsa.jwks).keys[0]];
    expect(parseJwks(JSON.stringify({ keys }), 'k').map(({ algorithm }) => algorithm)).toEqual([
      'ES256',
      'RS256',
    ]);
  });
});
