import { randomBytes } from 'node:crypto';
import {
  certificatePem,
  createIssuer,
  createSelfSignedRoot,
  generateKeyPair,
  type KeyPair,
  parseCertificate,
  parseCsr,
  privateKeyPem,
} from '@quintet/pki';
import type { CertificateTexts } from '../identity/certificates.ts';

export type TestCertificateOptions = {
  readonly spiffeId: string;
  /** Milliseconds since 1970; the present unless given. */
  readonly now?: number;
  /** Milliseconds; one hour unless given. */
  readonly lifetimeMs?: number;
};

/** A certificate authority for tests. */
export type TestCa = {
  readonly rootPem: string;
  /** A new key and its certificate. */
  issue(options: TestCertificateOptions): Promise<CertificateTexts>;
  /** Signs the key of a request: the certificates of a chain, leaf first, root last. */
  sign(csrPem: string, options: TestCertificateOptions): string[];
};

const HOUR_MS = 3_600_000;

/** Makes a root of its own; two of them are foreign to each other. */
export async function createTestCa(options: { readonly now?: number } = {}): Promise<TestCa> {
  const keyPair = await generateKeyPair({ type: 'ec' });
  const now = options.now ?? Date.now();
  const root = createSelfSignedRoot({
    keyPair,
    organization: 'cluster.local',
    notBefore: now - HOUR_MS,
    notAfter: now + 1000 * HOUR_MS,
    serial: randomBytes(16),
  });
  const rootPem = certificatePem(root);
  const issuer = createIssuer({ certificate: root, privateKey: keyPair.privateKey });
  const issue = (publicKeyInfo: Uint8Array, what: TestCertificateOptions) => {
    const notBefore = what.now ?? Date.now();
    const der = issuer.issue({
      publicKeyInfo,
      names: { uris: [what.spiffeId], dnsNames: [], ipAddresses: [] },
      notBefore,
      notAfter: notBefore + (what.lifetimeMs ?? HOUR_MS),
      serial: randomBytes(16),
    });
    return certificatePem(parseCertificate(der));
  };
  return {
    rootPem,
    async issue(what) {
      const leaf: KeyPair = await generateKeyPair({ type: 'ec' });
      const certChainPem = issue(leaf.publicKey.export({ type: 'spki', format: 'der' }), what);
      return { certChainPem, keyPem: privateKeyPem(leaf), rootPem };
    },
    sign: (csrPem, what) => [issue(parseCsr(csrPem).publicKeyInfo, what), rootPem],
  };
}
