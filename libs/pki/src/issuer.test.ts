import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificatePem, parseCertificate, parseCertificates } from './certificate.ts';
import { PkiError } from './error.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { generateKeyPair, type KeyPair, publicKeyInfo } from './key-pair.ts';
import { createSelfSignedRoot } from './self-signed.ts';

const NOW = Date.UTC(2030, 5, 1);
const HOUR = 3_600_000;
const serial = (first: number) => Buffer.alloc(16, first);
const names = (uri: string) => ({ uris: [uri], dnsNames: [], ipAddresses: [] });
const ID = 'spiffe://cluster.local/ns/default/sa/reviews';

async function authority(
  type: 'ec' | 'rsa',
): Promise<{ issuer: Issuer; root: X509Certificate; keyPair: KeyPair }> {
  const keyPair = await generateKeyPair({ type });
  const certificate = createSelfSignedRoot({
    keyPair,
    organization: 'cluster.local',
    notBefore: NOW,
    notAfter: NOW + 100 * HOUR,
    serial: serial(1),
  });
  return {
    issuer: createIssuer({ certificate, privateKey: keyPair.privateKey }),
    root: new X509Certificate(certificate.der),
    keyPair,
  };
}

describe('an issued certificate', () => {
  it.each([
    ['ec', 'ec'],
    ['ec', 'rsa'],
    ['rsa', 'ec'],
    ['rsa', 'rsa'],
  ] as const)('of an %s authority for an %s key is what OpenSSL expects', async (ca, leaf) => {
    const { issuer, root } = await authority(ca);
    const keyPair = await generateKeyPair({ type: leaf });
    const der = issuer.issue({
      publicKeyInfo: publicKeyInfo(keyPair.publicKey),
      names: { uris: [ID], dnsNames: ['istio-ca'], ipAddresses: ['127.0.0.1'] },
      notBefore: NOW,
      notAfter: NOW + HOUR,
      serial: serial(0xab),
    });
    const x509 = new X509Certificate(der);
    expect(x509.verify(root.publicKey)).toBe(true);
    expect(x509.checkIssued(root)).toBe(true);
    expect(x509.checkPrivateKey(keyPair.privateKey)).toBe(true);
    expect(x509).toMatchObject({
      ca: false,
      subject: undefined,
      issuer: 'O=cluster.local',
      subjectAltName: `URI:${ID}, DNS:istio-ca, IP Address:127.0.0.1`,
      serialNumber: 'AB'.repeat(16),
      validFromDate: new Date(NOW),
      validToDate: new Date(NOW + HOUR),
      keyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
    });
    const parsed = parseCertificate(der);
    expect([...(parsed.keyUsage ?? [])]).toEqual(
      leaf === 'ec' ? ['digitalSignature'] : ['digitalSignature', 'keyEncipherment'],
    );
    expect(parsed.authorityKeyId).toEqual(issuer.certificate.subjectKeyId);
    expect(parsed.extensions.get('2.5.29.17')?.critical).toBe(true);
    expect(parseCertificates(certificatePem(parsed))[0]?.der).toEqual(der);
  });

  it.each([
    ['ttl', { notAfter: NOW + 101 * HOUR }],
    ['ttl', { notAfter: NOW }],
    ['refused', { names: { uris: [], dnsNames: [], ipAddresses: [] } }],
    ['refused', { names: names('spiffe://a/ns/b\n/sa/c') }],
    ['refused', { names: names('') }],
    ['refused', { serial: Buffer.alloc(16) }],
    ['refused', { serial: Buffer.alloc(8, 1) }],
    ['malformed', { publicKeyInfo: Buffer.from('no key') }],
  ] as const)('is refused (%s) for %j', async (code, change) => {
    const { issuer } = await authority('ec');
    const spki = publicKeyInfo((await generateKeyPair({ type: 'ec' })).publicKey);
    const right = {
      publicKeyInfo: spki,
      names: names(ID),
      notBefore: NOW,
      notAfter: NOW + HOUR,
      serial: serial(1),
    };
    expect(() => issuer.issue({ ...right, ...change })).toThrow(
      expect.objectContaining({ name: 'PkiError', code }),
    );
  });

  it('keeps whatever times, serial and name it was asked for', async () => {
    const keyPair = await generateKeyPair({ type: 'ec' });
    const life = { notBefore: Date.UTC(1960, 0, 1), notAfter: Date.UTC(2200, 0, 1) };
    const root = createSelfSignedRoot({ keyPair, organization: 'ü', ...life, serial: serial(1) });
    const issuer = createIssuer({ certificate: root, privateKey: keyPair.privateKey });
    const time = fc
      .integer({ min: life.notBefore / 1000, max: life.notAfter / 1000 - 2 })
      .map((seconds) => seconds * 1000);
    const bytes = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .filter((value) => value.some((byte) => byte !== 0));
    const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~%/'), minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(
        time,
        fc.integer({ min: 1, max: 2 ** 30 }),
        bytes,
        name,
        (notBefore, seconds, random, path) => {
          const notAfter = Math.min(notBefore + seconds * 1000, life.notAfter);
          const uri = `spiffe://x/${path}`;
          const der = issuer.issue({
            publicKeyInfo: publicKeyInfo(keyPair.publicKey),
            names: names(uri),
            notBefore,
            notAfter,
            serial: random,
          });
          const parsed = parseCertificate(der);
          expect(parsed).toMatchObject({ notBefore, notAfter, uris: [uri] });
          expect(BigInt(`0x${parsed.serial}`)).toBe(BigInt(`0x${Buffer.from(random).toString('hex')}`));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('an issuer', () => {
  it('is refused without the right to sign, and with the key of another', async () => {
    const { issuer, keyPair } = await authority('ec');
    const other = await generateKeyPair({ type: 'ec' });
    const leaf = parseCertificate(
      issuer.issue({
        publicKeyInfo: publicKeyInfo(other.publicKey),
        names: names(ID),
        notBefore: NOW,
        notAfter: NOW + HOUR,
        serial: serial(1),
      }),
    );
    expect(() => createIssuer({ certificate: leaf, privateKey: other.privateKey })).toThrow(PkiError);
    expect(() => createIssuer({ certificate: issuer.certificate, privateKey: other.privateKey })).toThrow(
      PkiError,
    );
    expect(() =>
      createIssuer({ certificate: issuer.certificate, privateKey: keyPair.privateKey }),
    ).not.toThrow();
  });
});
