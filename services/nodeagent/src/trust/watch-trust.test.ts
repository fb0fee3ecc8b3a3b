import {
  type Certificate,
  createIssuer,
  createSelfSignedRoot,
  generateKeyPair,
  parseCertificate,
  signTrustBundle,
} from '@quintet/pki';
import type { Trust, TrustBundle } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import { createQueue, MeshError, type Queue, type ServiceClient } from '@quintet/runtime';
import { createManualClock, createMemoryLog, eventually, type ManualClock } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import type { RootStore } from './root-store.ts';
import { createTrustWatch } from './watch-trust.ts';

const CITADEL = 'spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account';
type Request = { nodeId?: string; ackedHash?: string; errorDetail?: string };

async function authority(clock: ManualClock) {
  const keyPair = await generateKeyPair({ type: 'ec' });
  const life = { notBefore: clock.now(), notAfter: clock.now() + 3_600_000 };
  const root = createSelfSignedRoot({ keyPair, organization: 'x', ...life, serial: Buffer.alloc(16, 1) });
  const issuer = createIssuer({ certificate: root, privateKey: keyPair.privateKey });
  const own = await generateKeyPair({ type: 'ec' });
  const leaf = parseCertificate(
    issuer.issue({
      publicKeyInfo: own.publicKey.export({ type: 'spki', format: 'der' }),
      names: { uris: [CITADEL], dnsNames: [], ipAddresses: [] },
      ...life,
      serial: Buffer.alloc(16, 2),
    }),
  );
  const bundle = (sequence: bigint, roots: Certificate[]) =>
    signTrustBundle({
      ...{ roots, sequence, trustDomain: 'cluster.local', issuedAt: clock.now() },
      signer: { keyPair: own, chain: [leaf] },
    });
  return { root, bundle };
}

/** A citadel whose streams are queues of the test's. */
function setUp(clock: ManualClock, trusted: Certificate[]) {
  const answers: Request[] = [];
  const streams: Queue<TrustBundle>[] = [];
  const bundles: (readonly Certificate[])[] = [];
  const told: string[] = [];
  const client: ServiceClient<typeof Trust> = {
    async *watch(requests) {
      const stream = createQueue<TrustBundle>();
      streams.push(stream);
      const reading = (async () => {
        for await (const request of requests) answers.push(request as Request);
      })();
      reading.catch(() => undefined);
      yield* stream;
    },
  };
  const roots: RootStore = {
    name: 'roots',
    pem: () => '',
    certificates: () => trusted,
    setBundle: (next) => bundles.push(next),
    subscribe: () => () => undefined,
  };
  const nothing = () => undefined;
  const watch = createTrustWatch({
    ...{
      client,
      roots,
      clock,
      nodeId: 'node-1',
      trustDomain: 'cluster.local',
      maySign: (id) => id === CITADEL,
      random: () => 0,
    },
    log: createMemoryLog(),
    events: {
      renewalFailing: nothing,
      certificateExpired: nothing,
      rootsChanged: nothing,
      trustBundleRefused: ({ reason }) => told.push(reason),
    },
  });
  void watch.start?.();
  return { watch, answers, streams, bundles, told };
}

describe('following the trust bundle', () => {
  it('takes over what citadel signed and says so, also after a reconnection', async () => {
    const clock = createManualClock();
    const { root, bundle } = await authority(clock);
    const { watch, answers, streams, bundles } = setUp(clock, [root]);
    const first = bundle(1n, [root]);
    await eventually(() => streams.length === 1);
    streams[0]?.push(first);
    await eventually(() => answers.length === 2);
    expect(answers).toEqual([
      { nodeId: 'node-1', ackedHash: '' },
      { ackedHash: first.hash, errorDetail: '' },
    ]);
    expect(bundles).toHaveLength(1);
    streams[0]?.fail(new MeshError('unavailable', 'gone'));
    await eventually(() => clock.pending() > 0);
    await clock.advance(1000);
    await eventually(() => answers.length === 3);
    expect(answers[2]).toEqual({ nodeId: 'node-1', ackedHash: first.hash });
    await watch.stop?.(AbortSignal.abort());
  });

  it('refuses what nobody trusted vouches for, and what is older, and keeps what it has', async () => {
    const clock = createManualClock();
    const [own, foreign] = [await authority(clock), await authority(clock)];
    const { watch, answers, streams, bundles, told } = setUp(clock, [own.root]);
    const good = own.bundle(2n, [own.root]);
    await eventually(() => streams.length === 1);
    for (const one of [good, foreign.bundle(3n, [foreign.root]), own.bundle(1n, [own.root])])
      streams[0]?.push(one);
    await eventually(() => answers.length === 4);
    expect(answers.slice(1).map(({ ackedHash }) => ackedHash)).toEqual([good.hash, good.hash, good.hash]);
    expect(told).toHaveLength(2);
    expect(told[1]).toContain('sequence 1');
    expect(bundles).toHaveLength(1);
    await watch.stop?.(AbortSignal.abort());
  });
});
