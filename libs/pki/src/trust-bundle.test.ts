import { describe, expect, it } from 'vitest';
import { certificatePem, parseCertificate } from './certificate.ts';
import { createIssuer } from './issuer.ts';
import { generateKeyPair, publicKeyInfo } from './key-pair.ts';
import { createSelfSignedRoot } from './self-signed.ts';
import { signTrustBundle, verifyTrustBundle } from './trust-bundle.ts';

const NOW = Date.UTC(2030, 5, 1);
const SIGNER = 'spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account';
const life = { notBefore: NOW, notAfter: NOW + 3_600_000 };

async function world(signerId: string, type: 'ec' | 'rsa' = 'ec') {
  const caKey = await generateKeyPair({ type });
  const root = createSelfSignedRoot({
    keyPair: caKey,
    organization: 'cluster.local',
    ...life,
    serial: Buffer.alloc(16, 1),
  });
  const keyPair = await generateKeyPair({ type });
  const leaf = parseCertificate(
    createIssuer({ certificate: root, privateKey: caKey.privateKey }).issue({
      publicKeyInfo: publicKeyInfo(keyPair.publicKey),
      names: { uris: [signerId], dnsNames: [], ipAddresses: [] },
      ...life,
      serial: Buffer.alloc(16, 2),
    }),
  );
  const bundle = signTrustBundle({
    roots: [root, root],
    trustDomain: 'cluster.local',
    sequence: 3n,
    issuedAt: NOW,
    signer: { keyPair, chain: [leaf, root] },
  });
  return { root, bundle };
}

const reader = { trustDomain: 'cluster.local', maySign: (id: string) => id === SIGNER, now: NOW };

describe('a trust bundle', () => {
  it.each(['ec', 'rsa'] as const)(
    'signed by citadel (%s) is taken over by who trusts the root',
    async (type) => {
      const { root, bundle } = await world(SIGNER, type);
      expect(verifyTrustBundle(bundle, { ...reader, roots: [root] }).map(certificatePem)).toEqual([
        certificatePem(root),
      ]);
    },
  );

  it('is refused from any workload, for another trust domain, without a known root, when tampered with', async () => {
    const { root, bundle } = await world(SIGNER);
    const foreign = await world(SIGNER);
    const workload = await world('spiffe://cluster.local/ns/default/sa/reviews');
    expect(() => verifyTrustBundle(workload.bundle, { ...reader, roots: [workload.root] })).toThrow(
      'signed by',
    );
    expect(() => verifyTrustBundle(bundle, { ...reader, roots: [root], trustDomain: 'other' })).toThrow(
      'trust domain',
    );
    expect(() => verifyTrustBundle(bundle, { ...reader, roots: [foreign.root] })).toThrow('no trusted root');
    expect(() => verifyTrustBundle({ ...bundle, sequence: 4n }, { ...reader, roots: [root] })).toThrow(
      'hash',
    );
    const swapped = {
      ...bundle,
      rootCertificates: foreign.bundle.rootCertificates,
      hash: foreign.bundle.hash,
    };
    expect(() => verifyTrustBundle(swapped, { ...reader, roots: [root] })).toThrow('signature');
    expect(() => verifyTrustBundle({ ...bundle, signatures: [] }, { ...reader, roots: [root] })).toThrow(
      'not signed',
    );
  });
});
