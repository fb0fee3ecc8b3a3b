import { describe, expect, it } from 'vitest';
import { CLAIMS, createTestIssuer, ISSUER, NOW } from '../testing/test-tokens.ts';
import { authenticate } from './authenticator.ts';
import { clientCertificateAuthenticator } from './client-certificate.ts';
import { parseJwks } from './jwks.ts';
import { jwtAuthenticator } from './jwt-authenticator.ts';

const issuer = createTestIssuer();
const keys = parseJwks(issuer.jwks, 'keys');
const trustDomain = 'cluster.local';
const authenticators = [
  clientCertificateAuthenticator({ trustDomain }),
  jwtAuthenticator({ issuer: ISSUER, trustDomain, keys: () => keys, now: () => NOW }),
];
const REVIEWS = 'spiffe://cluster.local/ns/default/sa/reviews';
const AGENT = 'spiffe://cluster.local/ns/istio-system/sa/istio-nodeagent-service-account';
const token = (sub: string) => issuer.token({ ...CLAIMS, sub });

describe('recognising a caller', () => {
  it.each([
    ['by its token', { token: token('system:serviceaccount:default:reviews') }, REVIEWS],
    ['by its certificate', { certificateId: AGENT }, AGENT],
    [
      'by its token, when it has both',
      { certificateId: AGENT, token: token('system:serviceaccount:default:reviews') },
      REVIEWS,
    ],
  ])('%s', async (_, credentials, spiffeId) => {
    expect(await authenticate(credentials, authenticators)).toMatchObject({ spiffeId });
  });

  it.each([
    ['nothing', {}],
    ['a bad token, though its certificate is good', { certificateId: AGENT, token: 'nonsense' }],
    ['an empty token', { certificateId: AGENT, token: '' }],
    ['a token of no service account', { token: token('reviews') }],
    ['a token with a namespace that is none', { token: token('system:serviceaccount:a/b:reviews') }],
    ['a token with more parts', { token: token('system:serviceaccount:a:b:c') }],
    ['a token that tries another path', { token: token('system:serviceaccount:..:reviews') }],
    ['a certificate of another trust domain', { certificateId: 'spiffe://other/ns/default/sa/reviews' }],
    ['a certificate with another kind of name', { certificateId: 'spiffe://cluster.local/reviews' }],
  ])('fails with %s', async (_, credentials) => {
    expect(await authenticate(credentials, authenticators)).toHaveProperty('refused');
  });
});
