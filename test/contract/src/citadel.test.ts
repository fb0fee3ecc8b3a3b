import { generateKeyPairSync, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { createCsr, generateKeyPair, parseCertificates, verifyChain } from '@quintet/pki';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { createChannel, createClient } from '@quintet/runtime';
import { freePort, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningService, serve } from './run-quintet.ts';

const ISSUER = 'https://issuer.example';
const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let temp: TempDir;
let citadel: RunningService;
let address: string;

beforeAll(async () => {
  temp = await makeTempDir();
  const jwks = join(temp.path, 'jwks.json');
  await writeFile(jwks, JSON.stringify({ keys: [issuer.publicKey.export({ format: 'jwk' })] }));
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  citadel = await serve('citadel', [
    ...['--self-signed-ca', '--ca-dir', join(temp.path, 'ca'), '--root-output', join(temp.path, 'root.pem')],
    ...[
      '--grpc-address',
      '127.0.0.1',
      '--grpc-port',
      String(port),
      '--jwt-issuer',
      ISSUER,
      '--jwks-file',
      jwks,
    ],
    ...['--server-only', '--sds-enabled=true', '--trust-domain', 'example.org', '--workload-cert-ttl', '1h'],
  ]);
  await citadel.ready();
});
afterAll(async () => {
  expect(await citadel.stop()).toBe(0);
  await temp.remove();
});

function token(audience: string): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const claims = {
    iss: ISSUER,
    aud: [audience],
    sub: 'system:serviceaccount:shop:cart',
    exp: Date.now() / 1000 + 60,
  };
  const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
  const key = { key: issuer.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

/** Asks over TLS that trusts the written root, with the token if there is one. */
async function ask(bearer: string | undefined): Promise<readonly string[]> {
  const root = await readFile(join(temp.path, 'root.pem'));
  const credentials = ChannelCredentials.createSsl(root, null, null, {
    checkServerIdentity: () => undefined,
  });
  const channel = createChannel({ address, credentials });
  const metadata = new Metadata();
  if (bearer !== undefined) metadata.set('authorization', `Bearer ${bearer}`);
  try {
    const csr = createCsr({ keyPair: await generateKeyPair({ type: 'ec' }) });
    const request = { csr, validityDuration: 600n };
    const options = { metadata, timeoutMs: 5000 };
    const { certChain } = await createClient(IstioCertificateService, channel).createCertificate(
      request,
      options,
    );
    return certChain;
  } finally {
    channel.close();
  }
}

describe('citadel on its own', () => {
  it('signs for the identity of a token: the leaf first, the root last', async () => {
    const chain = await ask(token('istio-ca'));
    const certificates = parseCertificates(chain.join(''));
    const [leaf, ...intermediates] = certificates;
    if (leaf === undefined) throw new Error('no certificate');
    expect(leaf.uris).toEqual(['spiffe://example.org/ns/shop/sa/cart']);
    expect(leaf.notAfter - Date.now()).toBeLessThanOrEqual(600_000);
    const roots = parseCertificates(await readFile(join(temp.path, 'root.pem'), 'utf8'));
    verifyChain({ leaf, intermediates, roots, now: Date.now() });
    expect(certificates.at(-1)?.der).toEqual(roots[0]?.der);
  });

  it.each([
    ['no token', undefined],
    ['a token for others', token('somebody-else')],
    ['a text that is no token', 'abc'],
  ])('refuses %s', async (_, bearer) => {
    await expect(ask(bearer)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
