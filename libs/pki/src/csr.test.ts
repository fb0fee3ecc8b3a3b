import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import forge from 'node-forge';
import { describe, expect, it } from 'vitest';
import { createCsr, parseCsr, parseCsrDer } from './csr.ts';
import { PkiError } from './error.ts';
import { generateKeyPair, publicKeyInfo } from './key-pair.ts';
import { decodePem, encodePem } from './pem.ts';
import { forgeCsr, forgeKeys } from './testing/forge-authority.ts';

const ID = 'spiffe://cluster.local/ns/default/sa/reviews';

function rsaPem(bits: number): string {
  return generateKeyPairSync('rsa', { modulusLength: bits })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString();
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a signing request', () => {
  it.each(['ec', 'rsa'] as const)('of an %s key is read back with key and names', async (type) => {
    const keyPair = await generateKeyPair({ type });
    const pem = createCsr({
      keyPair,
      uris: [ID],
      dnsNames: ['reviews.default'],
      ipAddresses: ['10.1.2.3', 'fd00::1'],
    });
    const csr = parseCsr(pem);
    expect(csr.publicKeyInfo).toEqual(publicKeyInfo(keyPair.publicKey));
    expect(csr.hasNames).toBe(true);
    expect(csr.names).toEqual({
      uris: [ID],
      dnsNames: ['reviews.default'],
      ipAddresses: ['10.1.2.3', 'fd00:0:0:0:0:0:0:1'],
    });
  });

  it('without names is read as such', async () => {
    const csr = parseCsr(createCsr({ keyPair: await generateKeyPair({ type: 'ec' }) }));
    expect(csr).toMatchObject({ hasNames: false, names: { uris: [], dnsNames: [], ipAddresses: [] } });
  });

  it('written by node-forge is read, and node-forge reads ours', async () => {
    const keyPair = await generateKeyPair({ type: 'rsa' });
    const keys = forgeKeys(keyPair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
    const extensions = [{ name: 'subjectAltName', altNames: [{ type: 6, value: ID }] }];
    expect(parseCsr(forgeCsr({ keys, extensions })).names.uris).toEqual([ID]);
    expect(forge.pki.certificationRequestFromPem(createCsr({ keyPair, uris: [ID] })).verify()).toBe(true);
  });

  it('is refused when it asks for a certificate authority', () => {
    const extensions = [{ name: 'basicConstraints', cA: true }];
    expect(codeOf(() => parseCsr(forgeCsr({ keys: forgeKeys(rsaPem(2048)), extensions })))).toBe('refused');
  });

  it('is weak with an RSA key of 1024 bits, an unknown curve or a SHA-1 signature', () => {
    expect(codeOf(() => parseCsr(forgeCsr({ keys: forgeKeys(rsaPem(1024)) })))).toBe('weak');
    const odd = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    expect(codeOf(() => parseCsr(createCsr({ keyPair: odd, uris: [ID] })))).toBe('weak');
    const digest = forge.md.sha1.create();
    expect(codeOf(() => parseCsr(forgeCsr({ keys: forgeKeys(rsaPem(2048)), digest })))).toBe('weak');
  });

  it('is refused around its edges', async () => {
    const pem = createCsr({ keyPair: await generateKeyPair({ type: 'ec' }), uris: [ID] });
    const der = decodePem(pem, 'CSR')[0]?.bytes ?? Buffer.alloc(0);
    const label = 'CERTIFICATE REQUEST';
    const tampered = Buffer.from(der);
    const last = tampered.length - 1;
    tampered[last] = (tampered[last] ?? 0) ^ 1;
    const otherName = Buffer.from(der.toString('latin1').replace('sa/reviews', 'sa/ratings'), 'latin1');
    expect([
      codeOf(() => parseCsr('')),
      codeOf(() => parseCsr(pem + pem)),
      codeOf(() => parseCsr(`x${pem}`)),
      codeOf(() => parseCsr(encodePem('CERTIFICATE', der))),
      codeOf(() => parseCsr(encodePem(label, Buffer.concat([der, Buffer.of(0)])))),
      codeOf(() => parseCsr(encodePem(label, der.subarray(0, -1)))),
      codeOf(() => parseCsr(encodePem(label, Buffer.alloc(20_000, 0x30)))),
      codeOf(() => parseCsr(encodePem(label, tampered))),
      codeOf(() => parseCsr(encodePem(label, otherName))),
    ]).toEqual([...new Array<string>(7).fill('malformed'), 'signature', 'signature']);
  });

  it('never makes its reader fail in another way, whatever bytes come', async () => {
    const pem = createCsr({ keyPair: await generateKeyPair({ type: 'ec' }), uris: [ID], dnsNames: ['a.b'] });
    const der = decodePem(pem, 'CSR')[0]?.bytes ?? Buffer.alloc(0);
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, patch) => {
        const bytes = Buffer.from(der);
        bytes.set(patch.subarray(0, der.length - at), at);
        const code = codeOf(() => parseCsrDer(bytes));
        return code !== 'accepted' || bytes.equals(der);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => codeOf(() => parseCsrDer(bytes)) !== 'accepted',
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => codeOf(() => parseCsr(text)) === 'malformed'));
  });
});
