import { Metadata } from '@grpc/grpc-js';
import { SecretDiscoveryService } from '@quintet/proto/envoy/service/secret/v3/sds_pb.js';
import { createChannel, createClient, createQueue } from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { SECRET_TYPE } from '@quintet/xds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SdsMesh, startSdsMesh } from './sds/sds-mesh.ts';

const TOKEN_MS = 3_600_000;
/** Short enough to see renewals, long enough for a service to start within 40 % of it on a busy machine. */
const LIFETIME = '24s';
const PATIENCE_MS = 50_000;

/** Calls until `done` answers true; every call must succeed. */
async function callUntil(mesh: SdsMesh, done: () => Promise<boolean>, timeoutMs: number): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  for (let calls = 1; ; calls++) {
    expect(await mesh.call()).toBe(200);
    if (await done()) return calls;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms\n${mesh.output()}`);
  }
}

/** Calls until Envoy presented this many different certificates. */
async function rotations(mesh: SdsMesh, count: number, timeoutMs = PATIENCE_MS): Promise<void> {
  const seen = new Set<string>();
  const enough = async () => seen.add(await mesh.servedSerial()).size >= count;
  await callUntil(mesh, enough, timeoutMs);
}

/** What the socket answers to somebody with these credentials. */
async function askForSecrets(mesh: SdsMesh, authorization: string | undefined): Promise<string> {
  const channel = createChannel({ address: `unix://${mesh.socket}` });
  const metadata = new Metadata();
  if (authorization !== undefined) metadata.set('authorization', authorization);
  const requests = createQueue<{ node: { id: string }; typeUrl: string; resourceNames: string[] }>();
  requests.push({ node: { id: 'test' }, typeUrl: SECRET_TYPE, resourceNames: ['default', 'ROOTCA'] });
  try {
    for await (const { resources } of createClient(SecretDiscoveryService, channel).streamSecrets(requests, {
      metadata,
    })) {
      return `${resources.length} secrets`;
    }
    return 'nothing';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    channel.close();
  }
}

describe('a real Envoy with its identity by SDS', () => {
  let mesh: SdsMesh;
  beforeAll(async () => {
    mesh = await startSdsMesh({ certLifetime: LIFETIME, tokenMs: TOKEN_MS });
    await eventually(async () => (await mesh.call()) === 200, { timeoutMs: PATIENCE_MS }).catch(
      (error: unknown) => {
        throw new Error(mesh.output(), { cause: error });
      },
    );
  });
  afterAll(async () => await mesh.remove());

  it('reaches pilot over mutual TLS as the service account of its token', () => {
    expect([...mesh.callers]).toEqual(['spiffe://cluster.local/ns/default/sa/reviews']);
  });

  it('changes certificates without a failed handshake', async () => {
    await rotations(mesh, 2);
  });

  it('serves nobody without a token that citadel accepts', async () => {
    expect(await askForSecrets(mesh, undefined)).toBe('unauthenticated');
    expect(await askForSecrets(mesh, 'Bearer nonsense')).toBe('unauthenticated');
    const right = mesh.issuer.token({ namespace: 'default', serviceAccount: 'reviews' }, TOKEN_MS);
    expect(await askForSecrets(mesh, `Bearer ${right}`)).toBe('2 secrets');
    const [head = '', body = '', seal = ''] = right.split('.');
    const other = Buffer.from(body, 'base64url').toString().replace('reviews', 'ratings');
    const forged = `${head}.${Buffer.from(other).toString('base64url')}.${seal}`;
    expect(await askForSecrets(mesh, `Bearer ${forged}`)).toBe('unauthenticated');
  });

  it('goes on while citadel is away, and renews when it is back', async () => {
    const before = await mesh.servedSerial();
    await mesh.killCitadel();
    await callUntil(
      mesh,
      async () => (await mesh.nodeagentMetric('nodeagent_failing_renewals')) === 1,
      PATIENCE_MS,
    );
    await mesh.startCitadel();
    await callUntil(mesh, async () => (await mesh.servedSerial()) !== before, PATIENCE_MS);
  });

  it('goes on while the node agent restarts, which has its keys in memory only', async () => {
    const before = await mesh.servedSerial();
    const restarted = mesh.restartNodeagent();
    await callUntil(mesh, async () => (await mesh.servedSerial()) !== before, PATIENCE_MS);
    await restarted;
    await rotations(mesh, 2);
  });

  it('comes back with its next token when one expires', async () => {
    const restarted = await startSdsMesh({ certLifetime: LIFETIME, tokenMs: 20_000 });
    try {
      await eventually(async () => (await restarted.call()) === 200, { timeoutMs: PATIENCE_MS });
      await restarted.giveToken(TOKEN_MS);
      await callUntil(
        restarted,
        async () => (await restarted.nodeagentMetric('total_stale_connections')) > 0,
        PATIENCE_MS,
      );
      await rotations(restarted, 2);
    } finally {
      await restarted.remove();
    }
  });
});
