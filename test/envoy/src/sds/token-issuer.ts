import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOKEN_SECRET } from '@quintet/proxy';

/** Signs tokens as a cluster or the local mesh does. */
export type TokenIssuer = {
  readonly issuer: string;
  readonly jwks: string;
  readonly token: (account: { namespace: string; serviceAccount: string }, lifetimeMs: number) => string;
};

export function createTokenIssuer(): TokenIssuer {
  const issuer = 'test-issuer';
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    issuer,
    jwks: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] }),
    token({ namespace, serviceAccount }, lifetimeMs) {
      const sub = `system:serviceaccount:${namespace}:${serviceAccount}`;
      const exp = (Date.now() + lifetimeMs) / 1000;
      const text = `${encode({ alg: 'ES256', kid: 'k' })}.${encode({ iss: issuer, aud: ['istio-ca'], sub, exp })}`;
      const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${text}.${signature.toString('base64url')}`;
    },
  };
}

/** Puts a token where Envoy's credential injector reads it, by a rename as its watch needs. */
export async function writeEnvoyToken(folder: string, token: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'sds.json');
  const secret = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
    name: TOKEN_SECRET,
    generic_secret: { secret: { inline_string: token } },
  };
  await writeFile(`${file}.tmp`, JSON.stringify({ resources: [secret] }), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
  return file;
}
