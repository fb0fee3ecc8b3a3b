import { generateKeyPairSync, sign } from 'node:crypto';

/** A token as the mesh's issuer makes them, signed by somebody else. */
export function foreignToken(namespace: string, serviceAccount: string): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'quintet-local',
    aud: ['istio-ca'],
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    iat: now,
    exp: now + 3600,
  };
  const signed = `${encode({ alg: 'ES256', typ: 'JWT', kid: 'local' })}.${encode(claims)}`;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
