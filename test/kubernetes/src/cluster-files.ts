import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  certificatePem,
  createIssuer,
  createSelfSignedRoot,
  generateKeyPair,
  parseCertificate,
  privateKeyPem,
} from '@quintet/pki';

/** Who may call a test's API server, by a token. */
export type ClusterUser = { readonly name: string; readonly token: string; readonly groups?: string };

export const ADMIN = 'admin';

const HOUR_MS = 3_600_000;

/** Writes keys, certificates and the token file of a control plane into a directory; answers the root, PEM. */
export async function writeClusterFiles(directory: string, users: readonly ClusterUser[]): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) => writeFile(join(directory, name), text, { mode: 0o600 });
  const now = Math.floor(Date.now() / 1000) * 1000;
  const rootKey = await generateKeyPair({ type: 'ec' });
  const lifetime = { notBefore: now - HOUR_MS, notAfter: now + 48 * HOUR_MS };
  const root = createSelfSignedRoot({
    ...lifetime,
    keyPair: rootKey,
    organization: 'test',
    serial: randomBytes(16),
  });
  const issuer = createIssuer({ certificate: root, privateKey: rootKey.privateKey });
  const key = await generateKeyPair({ type: 'ec' });
  const certificate = issuer.issue({
    ...lifetime,
    publicKeyInfo: key.publicKey.export({ type: 'spki', format: 'der' }),
    names: {
      uris: [],
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      ipAddresses: ['127.0.0.1', '10.96.0.1'],
    },
    serial: randomBytes(16),
  });
  const accounts = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rootPem = certificatePem(root);
  await write('ca.crt', rootPem);
  await write('ca.key', privateKeyPem(rootKey));
  await write('server.crt', certificatePem(parseCertificate(certificate)));
  await write('server.key', privateKeyPem(key));
  await write('accounts.key', accounts.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  await write('accounts.pub', accounts.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const row = ({ name, token, groups = '' }: ClusterUser) => `${token},${name},${name},"${groups}"\n`;
  await write('tokens.csv', users.map(row).join(''));
  return rootPem;
}

/** The text of a kubeconfig for one user. */
export function kubeconfigText(options: {
  readonly server: string;
  readonly rootPem: string;
  readonly token: string;
}): string {
  const { server, rootPem, token } = options;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: { server, 'certificate-authority-data': Buffer.from(rootPem).toString('base64') },
      },
    ],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}
