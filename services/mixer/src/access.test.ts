import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessLogService } from '@quintet/proto/envoy/service/accesslog/v3/als_pb.js';
import { Authorization } from '@quintet/proto/envoy/service/auth/v3/external_auth_pb.js';
import {
  type Channel,
  createChannel,
  createClient,
  createQueue,
  createStaticIdentity,
  systemClock,
} from '@quintet/runtime';
import { createTestCa, type TestCa } from '@quintet/runtime/testing';
import { makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MixerUnderTest, startMixer } from './testing/mixer-under-test.ts';
import { inboundQuestion, REVIEWS, SERVICES } from './testing/two-services.ts';

const MIXER = 'spiffe://cluster.local/ns/istio-system/sa/istio-mixer-service-account';
const RATINGS = 'spiffe://cluster.local/ns/default/sa/bookinfo-ratings';

describe('access to mixer', () => {
  let mixer: MixerUnderTest;
  let ca: TestCa;
  let directory: TempDir;
  beforeAll(async () => {
    ca = await createTestCa();
    directory = await makeTempDir();
    const own = await ca.issue({ spiffeId: MIXER });
    await writeFile(join(directory.path, 'cert-chain.pem'), own.certChainPem);
    await writeFile(join(directory.path, 'key.pem'), own.keyPem);
    await writeFile(join(directory.path, 'root-cert.pem'), own.rootPem);
    mixer = await startMixer({ certDir: directory.path });
    await mixer.configure(SERVICES);
  });
  afterAll(async () => {
    await mixer.stop();
    await directory.remove();
  });

  /** Uses a channel of a caller with this identity, by default one of the mesh's own authority. */
  async function as<T>(
    spiffeId: string,
    use: (channel: Channel) => Promise<T>,
    authority: TestCa = ca,
  ): Promise<T> {
    const certificates = await authority.issue({ spiffeId });
    const identity = createStaticIdentity({ certificates, clock: systemClock });
    const channel = createChannel({
      address: `127.0.0.1:${mixer.app.server.port()}`,
      credentials: identity.channelCredentials({ peers: [MIXER] }),
    });
    return await use(channel).finally(() => channel.close());
  }

  const ask = (channel: Channel) =>
    createClient(Authorization, channel).check(inboundQuestion(), { timeoutMs: 3000 });

  it('answers the proxy of the workload that the question is about', async () => {
    expect((await as(REVIEWS.spiffeId, ask)).httpResponse.case).toBe('okResponse');
  });

  it('refuses a proxy that speaks for another workload', async () => {
    await expect(as(RATINGS, ask)).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(as('spiffe://cluster.local/ns/other/sa/x', ask)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });

  it('refuses identities that are no workloads of the mesh', async () => {
    await expect(as('spiffe://other.example/ns/default/sa/bookinfo-reviews', ask)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });

  it('refuses callers without a certificate and with one of another authority', async () => {
    await expect(ask(mixer.channel)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(as(REVIEWS.spiffeId, ask, await createTestCa())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('takes logs only from the proxy that the node id names', async () => {
    const log = (node: string) => (channel: Channel) => {
      const queue = createQueue<{ identifier: { node: { id: string } } }>();
      queue.push({ identifier: { node: { id: node } } });
      queue.end();
      return createClient(AccessLogService, channel).streamAccessLogs(queue, { timeoutMs: 3000 });
    };
    await as(REVIEWS.spiffeId, log(REVIEWS.nodeId));
    await expect(as(RATINGS, log(REVIEWS.nodeId))).rejects.toMatchObject({ code: 'permission_denied' });
    expect(await mixer.ownMetrics()).toContain('mixer_reporters_refused_total{edge="access_log"} 1');
  });
});
