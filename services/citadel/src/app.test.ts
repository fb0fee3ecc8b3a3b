import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { createCsr, generateKeyPair, parseCertificates, verifyChain, verifyTrustBundle } from '@quintet/pki';
import { IstioCAService } from '@quintet/proto/istio/v1/auth/ca_pb.js';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { Trust } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import {
  type CertificateTexts,
  type Channel,
  createChannel,
  createClient,
  createQueue,
  peerCheck,
  requestCertificate,
} from '@quintet/runtime';
import { createTestCa, eventually, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCitadel, startCitadel } from './testing/running-citadel.ts';
import { createTestIssuer, ISSUER } from './testing/test-tokens.ts';

const CITADEL = 'spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account';
const REVIEWS = 'spiffe://cluster.local/ns/default/sa/reviews';
const RATINGS = 'spiffe://cluster.local/ns/default/sa/ratings';

const issuer = createTestIssuer();
let dir: TempDir;
let citadel: RunningCitadel;
let rootPem: string;
const channels: Channel[] = [];

beforeAll(async () => {
  dir = await makeTempDir('citadel');
  const jwks = join(dir.path, 'jwks.json');
  await writeFile(jwks, issuer.jwks);
  citadel = await startCitadel(dir.path, [
    ...[
      `--jwt-issuer=${ISSUER}`,
      `--jwks-file=${jwks}`,
      '--workload-cert-ttl=1h',
      '--max-workload-cert-ttl=2h',
    ],
    ...['--max-certificates-per-second=5', '--max-requests-per-second=1000'],
  ]);
  rootPem = await readFile(citadel.rootFile, 'utf8');
});
afterAll(async () => {
  for (const channel of channels) channel.close();
  await citadel.stop();
  await dir.remove();
});

function token(serviceAccount = 'reviews', change: object = {}): string {
  const sub = `system:serviceaccount:default:${serviceAccount}`;
  return issuer.token({ iss: ISSUER, aud: 'istio-ca', sub, exp: Date.now() / 1000 + 600, ...change });
}

function metadata(text: string | undefined): Metadata {
  const made = new Metadata();
  if (text !== undefined) made.set('authorization', `Bearer ${text}`);
  return made;
}

function channel(client?: CertificateTexts): Channel {
  const key = client === undefined ? null : Buffer.from(client.keyPem);
  const chain = client === undefined ? null : Buffer.from(client.certChainPem);
  const credentials = ChannelCredentials.createSsl(Buffer.from(rootPem), key, chain, {
    checkServerIdentity: peerCheck([CITADEL]),
  });
  const made = createChannel({ address: citadel.address, credentials });
  channels.push(made);
  return made;
}

async function csr(uris: string[] = []): Promise<string> {
  return createCsr({ keyPair: await generateKeyPair({ type: 'ec' }), uris });
}

type Ask = { token?: string; client?: CertificateTexts; csr?: string; seconds?: number };

async function ask(what: Ask): Promise<string> {
  const client = createClient(IstioCertificateService, channel(what.client));
  try {
    const { certChain } = await client.createCertificate(
      { csr: what.csr ?? (await csr()), validityDuration: BigInt(what.seconds ?? 0) },
      { metadata: metadata(what.token) },
    );
    const [leaf, ...intermediates] = parseCertificates(certChain.join(''));
    if (leaf === undefined) return 'nothing';
    verifyChain({ leaf, intermediates, roots: parseCertificates(rootPem), now: Date.now() });
    return `${leaf.uris.join()} for ${Math.round((leaf.notAfter - Date.now()) / 60_000)} min`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

describe('CreateCertificate', () => {
  it('gives the identity of the token, whatever the request wishes', async () => {
    expect(await ask({ token: token(), csr: await csr([RATINGS, CITADEL]) })).toBe(`${REVIEWS} for 60 min`);
  });

  it('gives the lifetime asked for up to the maximum', async () => {
    expect(await ask({ token: token('a'), seconds: 1800 })).toBe(
      'spiffe://cluster.local/ns/default/sa/a for 30 min',
    );
    expect(await ask({ token: token('a'), seconds: 7200 })).toBe(
      'spiffe://cluster.local/ns/default/sa/a for 120 min',
    );
    expect(await ask({ token: token('a'), seconds: 7201 })).toBe('invalid_argument');
    expect(await ask({ token: token('a'), seconds: -5 })).toBe('invalid_argument');
  });

  it.each<[string, () => Promise<Ask>]>([
    ['nobody', async () => ({})],
    ['an expired token', async () => ({ token: token('reviews', { exp: 1 }) })],
    ['a token for somebody else', async () => ({ token: token('reviews', { aud: 'api' }) })],
    ['a token of another issuer', async () => ({ token: createTestIssuer().token({ iss: ISSUER }) })],
    [
      'a certificate of another authority',
      async () => ({ client: await (await createTestCa()).issue({ spiffeId: REVIEWS }) }),
    ],
  ])('gives nothing to %s', async (_, what) => expect(await ask(await what())).toBe('unauthenticated'));

  it('gives its own identity to nobody', async () => {
    const sub = 'system:serviceaccount:istio-system:istio-citadel-service-account';
    expect(await ask({ token: token('', { sub }) })).toBe('permission_denied');
  });

  it('renews by certificate, for the same identity', async () => {
    const client = await requestCertificate({
      citadel: { address: citadel.address, peers: [CITADEL] },
      ...{ rootPem, token: token('ratings'), lifetimeMs: 0, now: Date.now },
    });
    expect(await ask({ client })).toBe(`${RATINGS} for 60 min`);
    expect(await ask({ client, token: token('reviews') })).toBe(`${REVIEWS} for 60 min`);
    expect(await ask({ client, token: 'bad' })).toBe('unauthenticated');
  });

  it.each([
    ['no CSR', ''],
    ['a broken one', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n'],
    ['a huge one', 'x'.repeat(30_000)],
  ])('says what is wrong with %s', async (_, text) => {
    expect(await ask({ token: token('broken'), csr: text })).toBe('invalid_argument');
  });

  it('takes no message above its limit', async () => {
    expect(await ask({ token: token(), csr: 'x'.repeat(100_000) })).toBe('resource_exhausted');
  });

  it('limits each identity, and no other by it', async () => {
    // So many that even a machine that takes half a minute for them earns no right to all.
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask({ token: token('greedy') })));
    expect(answers).toContain('resource_exhausted');
    expect(await ask({ token: token('modest') })).toContain('sa/modest');
  });

  it('writes the audit record before it answers, and counts', async () => {
    const before = await citadel.metric('citadel_server_success_cert_issuance_count');
    expect(await ask({ token: token('audited') })).toContain('sa/audited');
    const lines = citadel.log.lines.filter(({ fields }) => fields.audit === 'issued');
    expect(lines.at(-1)?.fields).toMatchObject({
      spiffeId: 'spiffe://cluster.local/ns/default/sa/audited',
      method: 'token',
    });
    expect(await citadel.metric('citadel_server_success_cert_issuance_count')).toBe(before + 1);
    expect(await citadel.metric('citadel_server_authentication_failure_count')).toBeGreaterThan(3);
    expect(await citadel.metric('citadel_server_csr_parsing_err_count')).toBe(3);
    expect(JSON.stringify(citadel.log.lines)).not.toContain('eyJ');
  });
});

describe('HandleCSR', () => {
  const handle = async (csrPem: string, minutes = 0) => {
    const client = createClient(IstioCAService, channel());
    const request = { csrPem: Buffer.from(csrPem), requestedTtlMinutes: minutes };
    return await client.handleCSR(request, { metadata: metadata(token('classic')) });
  };

  it('signs for the caller, and wants names in the request though it does not use them', async () => {
    const answer = await handle(await csr([RATINGS]), 30);
    const [leaf] = parseCertificates(Buffer.from(answer.signedCert).toString());
    expect(answer.isApproved).toBe(true);
    expect(leaf?.uris).toEqual(['spiffe://cluster.local/ns/default/sa/classic']);
    await expect(handle(await csr())).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(await citadel.metric('citadel_server_id_extraction_err_count')).toBe(1);
  });
});

describe('Trust.Watch', () => {
  it('hands out a bundle that citadel signed, once it is known who asks', async () => {
    const requests = createQueue<{ nodeId?: string; ackedHash?: string }>();
    requests.push({ nodeId: 'node-1' });
    const client = createClient(Trust, channel());
    for await (const bundle of client.watch(requests, { metadata: metadata(token('watcher')) })) {
      const roots = parseCertificates(rootPem);
      const verified = verifyTrustBundle(bundle, {
        roots,
        trustDomain: 'cluster.local',
        maySign: (id) => id === CITADEL,
        now: Date.now(),
      });
      expect(verified.map(({ der }) => Buffer.from(der))).toEqual(roots.map(({ der }) => Buffer.from(der)));
      requests.push({ ackedHash: bundle.hash });
      await eventually(async () => (await citadel.metric('citadel_trust_watchers_behind')) === 0);
      break;
    }
    const stranger = createQueue<object>();
    stranger.push({});
    const refused = (async () => {
      for await (const _ of client.watch(stranger)) return 'a bundle';
      return 'nothing';
    })();
    await expect(refused).rejects.toMatchObject({ code: 'unauthenticated' });
    stranger.end();
    requests.end();
  });
});

describe('starting', () => {
  it.each([
    [['--self-signed-ca=false'], 'no authority'],
    [['--jwt-issuer=x'], 'go together'],
    [['--trust-domain=A B'], 'no SPIFFE id'],
  ])('with %j says what is missing', async (flags, message) => {
    const other = await makeTempDir('citadel');
    await expect(startCitadel(other.path, flags)).rejects.toThrow(message);
    await other.remove();
  });
});
