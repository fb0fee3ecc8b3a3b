import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';

/** Issues tokens for the workloads of one local mesh, in the form Kubernetes gives to service accounts. */
export type LocalIssuer = {
  /** Private key, PEM: to be kept. */
  readonly privateKey: string;
  /** Public keys for citadel, as JSON Web Key Set. */
  readonly jwks: string;
  /** A token for a service account. `now` is milliseconds since 1970. */
  token(account: { readonly namespace: string; readonly serviceAccount: string }, now: number): string;
};

/** `iss` of the tokens. */
export const ISSUER = 'quintet-local';
/** `aud` of the tokens. */
const AUDIENCE = 'istio-ca';
const KEY_ID = 'local';

/** How long a token is good, milliseconds. */
export const TOKEN_LIFETIME_MS = 3_600_000;

/** An issuer with a kept key, or with a new one. */
export function createLocalIssuer(privateKeyPem?: string): LocalIssuer {
  const key = privateKeyPem === undefined ? newKey() : createPrivateKey(privateKeyPem);
  const publicKey: JsonWebKey = createPublicKey(key).export({ format: 'jwk' });
  return {
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    jwks: `${JSON.stringify({ keys: [{ ...publicKey, kid: KEY_ID, alg: 'ES256', use: 'sig' }] })}\n`,
    token: ({ namespace, serviceAccount }, now) => {
      const issued = Math.floor(now / 1000);
      return signedToken(key, {
        iss: ISSUER,
        aud: [AUDIENCE],
        sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
        iat: issued,
        exp: issued + TOKEN_LIFETIME_MS / 1000,
        jti: randomUUID(),
      });
    },
  };
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function signedToken(key: KeyObject, claims: unknown): string {
  const head = encode({ alg: 'ES256', typ: 'JWT', kid: KEY_ID });
  const signed = `${head}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
