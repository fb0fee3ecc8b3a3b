import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTestCa } from '../testing/test-ca.ts';
import { createAllowList } from './allow-list.ts';
import { identityOfCertificate } from './peer-identity.ts';

describe('an allow list', () => {
  it.each([
    ['spiffe://cluster.local/ns/*/sa/*', 'spiffe://cluster.local/ns/default/sa/reviews', true],
    ['spiffe://*/ns/default/sa/*', 'spiffe://other/ns/default/sa/reviews', true],
    ['spiffe://cluster.local/ns/*/sa/*', 'spiffe://other/ns/default/sa/reviews', false],
    ['spiffe://cluster.local/ns/*/sa/*', 'spiffe://cluster.local/ns/default/sa/a/b', false],
    ['spiffe://cluster.local/ns/*/sa/*', 'spiffe://cluster.local/ns//sa/a', false],
    ['spiffe://cluster.local/ns/a.c/sa/x', 'spiffe://cluster.local/ns/abc/sa/x', false],
    ['spiffe://cluster.local/ns/a*/sa/x', 'spiffe://cluster.local/ns/abc/sa/x', false],
    ['*', 'spiffe://cluster.local/ns/a/sa/x', false],
  ])('of %s allows %s: %s', (pattern, id, allowed) => {
    expect(createAllowList([pattern]).allows(id)).toBe(allowed);
  });

  it('that is empty allows nobody', () => {
    expect(createAllowList([]).allows('spiffe://cluster.local/ns/a/sa/x')).toBe(false);
  });
});

describe('the identity of a certificate', async () => {
  const ca = await createTestCa();
  const { certChainPem } = await ca.issue({ spiffeId: 'spiffe://cluster.local/ns/a/sa/b' });
  const real = new X509Certificate(certChainPem).toLegacyObject();

  it('is its SPIFFE id, with fingerprint and end', () => {
    expect(identityOfCertificate(real)).toEqual({
      spiffeId: 'spiffe://cluster.local/ns/a/sa/b',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      notAfter: Date.parse(real.valid_to),
    });
  });

  it.each([
    ['nothing', ''],
    ['a host name', 'DNS:spiffe.example.com'],
    ['two ids', 'URI:spiffe://a/ns/b/sa/c, URI:spiffe://a/ns/b/sa/d'],
    ['another scheme', 'URI:https://a/ns/b/sa/c'],
    ['an id within a host name', 'DNS:"x, URI:spiffe://a/ns/b/sa/c"'],
    ['an id with a quote', 'URI:"spiffe://a/ns/b/sa/c\\", URI:x"'],
  ])('is nobody for %s', (_, subjectaltname) => {
    expect(identityOfCertificate({ ...real, subjectaltname })).toBeUndefined();
  });

  it('reads past other names', () => {
    const subjectaltname = 'DNS:a.example.com, URI:spiffe://a/ns/b/sa/c, IP Address:127.0.0.1';
    expect(identityOfCertificate({ ...real, subjectaltname })?.spiffeId).toBe('spiffe://a/ns/b/sa/c');
  });
});
