import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyMatchesCertificate, parseCertificate, parseCertificates } from './certificate.ts';
import { PkiError } from './error.ts';
import { generateKeyPair, keyPairFromPem, privateKeyPem } from './key-pair.ts';
import { createSelfSignedRoot } from './self-signed.ts';
import { forgeCertificate, forgeKeys } from './testing/forge-authority.ts';

const NOW = Date.UTC(2030, 5, 1);
const life = { notBefore: NOW, notAfter: NOW + 1000, serial: Buffer.alloc(16, 7) };

function onlyPkiErrors(act: () => unknown): boolean {
  try {
    act();
  } catch (error) {
    return error instanceof PkiError;
  }
  return true;
}

describe('reading a certificate', () => {
  it('agrees with OpenSSL about one written by node-forge', async () => {
    const keyPair = await generateKeyPair({ type: 'rsa' });
    const { pem } = forgeCertificate({
      name: 'a root',
      keys: forgeKeys(keyPair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
      now: NOW,
      extensions: [
        { name: 'basicConstraints', cA: true, pathLenConstraint: 2 },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 1, value: 'a@b' },
            { type: 2, value: 'c.d' },
            { type: 7, ip: '1.2.3.4' },
          ],
        },
      ],
    });
    const [ours] = parseCertificates(pem);
    const theirs = new X509Certificate(pem);
    expect(ours).toMatchObject({
      organization: 'a root',
      isCa: true,
      pathLength: 2,
      serial: theirs.serialNumber,
      notBefore: theirs.validFromDate.getTime(),
      notAfter: theirs.validToDate.getTime(),
      dnsNames: ['c.d'],
      ipAddresses: ['1.2.3.4'],
      uris: [],
    });
    expect([...(ours?.keyUsage ?? [])]).toEqual(['keyCertSign', 'crlSign']);
  });

  it('knows whose key it is for', async () => {
    const keyPair = await generateKeyPair({ type: 'ec' });
    const root = createSelfSignedRoot({ keyPair, organization: 'x', ...life });
    expect(keyMatchesCertificate(keyPairFromPem(privateKeyPem(keyPair)), root)).toBe(true);
    expect(keyMatchesCertificate(await generateKeyPair({ type: 'ec' }), root)).toBe(false);
  });

  it('fails in no other way than a PkiError, whatever bytes come', async () => {
    const root = createSelfSignedRoot({
      keyPair: await generateKeyPair({ type: 'ec' }),
      organization: 'x',
      ...life,
    });
    fc.assert(
      fc.property(fc.nat(root.der.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, patch) => {
        const bytes = Buffer.from(root.der);
        bytes.set(patch.subarray(0, bytes.length - at), at);
        return onlyPkiErrors(() => parseCertificate(bytes));
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.nat(root.der.length - 1), (length) => {
        expect(() => parseCertificate(root.der.subarray(0, length))).toThrow(PkiError);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => onlyPkiErrors(() => parseCertificate(bytes))),
    );
    fc.assert(fc.property(fc.string(), (text) => onlyPkiErrors(() => parseCertificates(text))));
  });

  it('refuses a bundle with a broken or a foreign block rather than skip it', async () => {
    const keyPair = await generateKeyPair({ type: 'ec' });
    const pem = new X509Certificate(
      createSelfSignedRoot({ keyPair, organization: 'x', ...life }).der,
    ).toString();
    expect(parseCertificates(`# two roots\n${pem}\n${pem}`)).toHaveLength(2);
    expect(() => parseCertificates(pem + privateKeyPem(keyPair))).toThrow('expected PEM of CERTIFICATE');
    expect(() => parseCertificates(pem + pem.slice(0, 100))).toThrow('broken PEM');
    expect(() => parseCertificates(pem.replace('MII', 'M!I'))).toThrow('broken PEM');
    expect(() => parseCertificates('')).toThrow('found 0');
  });
});
