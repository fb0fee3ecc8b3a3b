import { describe, expect, it } from 'vitest';
import { parseCertificate } from './certificate.ts';
import { createIssuer } from './issuer.ts';
import { generateKeyPair, publicKeyInfo } from './key-pair.ts';
import { createSelfSignedRoot } from './self-signed.ts';
import { signDocument, verifyDocument } from './signed-document.ts';

const NOW = Date.UTC(2030, 5, 1);
const HOUR = 3_600_000;
const GALLEY = 'spiffe://cluster.local/ns/istio-system/sa/istio-galley-service-account';
const life = { notBefore: NOW, notAfter: NOW + HOUR };
const document = { kind: 'quintet.snapshot.v1.Snapshot', content: Buffer.from('content') };

async function world(id: string, type: 'ec' | 'rsa' = 'ec') {
  const caKey = await generateKeyPair({ type });
  const serial = Buffer.alloc(16, 1);
  const root = createSelfSignedRoot({ keyPair: caKey, organization: 'cluster.local', ...life, serial });
  const keyPair = await generateKeyPair({ type });
  const issuer = createIssuer({ certificate: root, privateKey: caKey.privateKey });
  const names = { uris: [id], dnsNames: [], ipAddresses: [] };
  const leaf = parseCertificate(
    issuer.issue({
      publicKeyInfo: publicKeyInfo(keyPair.publicKey),
      names,
      ...life,
      serial: Buffer.alloc(16, 2),
    }),
  );
  return { root, signature: signDocument(document, { keyPair, chain: [leaf] }) };
}

const trust = { maySign: (id: string) => id === GALLEY, now: NOW, what: 'snapshot' };

describe('a signed document', () => {
  it.each(['ec', 'rsa'] as const)('tells its signer to who trusts the root (%s)', async (type) => {
    const { root, signature } = await world(GALLEY, type);
    expect(verifyDocument(document, signature, { ...trust, roots: [root] })).toBe(GALLEY);
  });

  it('is refused when anything is different', async () => {
    const { root, signature } = await world(GALLEY);
    const foreign = await world(GALLEY);
    const workload = await world('spiffe://cluster.local/ns/default/sa/reviews');
    const check = (
      changed: {
        document?: typeof document;
        signature?: typeof signature;
        now?: number;
        root?: typeof root;
      } = {},
    ) =>
      verifyDocument(changed.document ?? document, changed.signature ?? signature, {
        ...trust,
        now: changed.now ?? NOW,
        roots: [changed.root ?? root],
      });
    expect(check()).toBe(GALLEY);
    expect(() => check({ document: { ...document, content: Buffer.from('Content') } })).toThrow('signature');
    expect(() => check({ document: { ...document, kind: 'quintet.trust.v1.TrustBundle' } })).toThrow(
      'signature',
    );
    expect(() => check({ signature: { ...signature, algorithm: 'rsa-sha256' } })).toThrow('signature');
    expect(() => check({ signature: { ...signature, certificateChain: [] } })).toThrow(
      'without a certificate',
    );
    expect(() => check({ signature: workload.signature, root: workload.root })).toThrow('who may not');
    expect(() => check({ root: foreign.root })).toThrow('no trusted root');
    expect(() => check({ now: NOW + 2 * HOUR })).toThrow('not valid after');
  });
});
