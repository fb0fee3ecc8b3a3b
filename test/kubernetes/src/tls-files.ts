import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  certificatePem,
  createIssuer,
  createSelfSignedRoot,
  generateKeyPair,
  parseCertificate,
  privateKeyPem,
} from '@quintet/pki';

/** A certificate authority whose certificates are for 127.0.0.1 unless told otherwise, and the files of a server that has one. */
export type TlsFiles = {
  readonly rootPem: string;
  /** Writes a new key and certificate. */
  rotate(directory: string): Promise<void>;
};

export const CERTIFICATE = 'cert-chain.pem';
export const KEY = 'key.pem';
export const ROOTS = 'root-cert.pem';

const HOUR_MS = 3_600_000;

export async function createTlsFiles({
  dnsNames = [],
}: {
  readonly dnsNames?: readonly string[];
} = {}): Promise<TlsFiles> {
  const now = Date.now();
  const lifetime = { notBefore: now - HOUR_MS, notAfter: now + HOUR_MS };
  const rootKey = await generateKeyPair({ type: 'ec' });
  const serial = () => randomBytes(16);
  const root = createSelfSignedRoot({
    ...lifetime,
    notAfter: now + 2 * HOUR_MS,
    keyPair: rootKey,
    organization: 'test',
    serial: serial(),
  });
  const issuer = createIssuer({ certificate: root, privateKey: rootKey.privateKey });
  return {
    rootPem: certificatePem(root),
    async rotate(directory) {
      const key = await generateKeyPair({ type: 'ec' });
      const der = issuer.issue({
        ...lifetime,
        publicKeyInfo: key.publicKey.export({ type: 'spki', format: 'der' }),
        names: { uris: [], dnsNames: [...dnsNames], ipAddresses: ['127.0.0.1'] },
        serial: serial(),
      });
      await replaceFile(join(directory, KEY), privateKeyPem(key));
      await replaceFile(join(directory, CERTIFICATE), certificatePem(parseCertificate(der)));
    },
  };
}

/** As kubelets and editors do: what is half written is never seen. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.next`, text);
  await rename(`${path}.next`, path);
}
