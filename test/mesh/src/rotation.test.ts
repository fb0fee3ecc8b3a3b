import { describe, expect, it } from 'vitest';
import { clusterCounters } from './harness/cluster-counters.ts';
import { underPageLoad } from './harness/page-load.ts';
import { peerCertificate } from './harness/peer-certificate.ts';
import { secretsOf } from './harness/secrets.ts';
import { shortLives } from './harness/short-lives.ts';
import { useMesh } from './harness/use-mesh.ts';

const LIFE_MS = 60_000;
/** Citadel stays down that long, and needs a little more to be at work again: 40 % of a life in all. */
const DOWN = '20s';

const mesh = useMesh({ ...shortLives(60), upArgs: [`--restart-delay=${DOWN}`] });

describe('certificates of one minute under load, a handshake for each request', () => {
  it('rotate, and citadel is killed for 40 % of a life: no request fails', async () => {
    const details = mesh().workload('details-v1').address;
    const first = await peerCertificate(details, 9080);
    const began = Date.now();
    await underPageLoad(mesh().state.page, async (load) => {
      await mesh().kill('citadel');
      await mesh().ready('citadel');
      // By then every certificate of the beginning has ended.
      while (Date.now() < began + LIFE_MS) await load.more(50);
      const counters = await clusterCounters(
        mesh().workload('productpage-v1'),
        'outbound|9080||details.default.svc.cluster.local',
      );
      // Envoy may open one more than it then needs.
      expect(counters.connections).toBeGreaterThanOrEqual(counters.requests);
      expect(counters.requests).toBeGreaterThanOrEqual(load.finished - 50);
    });
    const now = await peerCertificate(details, 9080);
    expect(Date.parse(first.valid_to)).toBeLessThanOrEqual(began + LIFE_MS);
    expect(Date.parse(now.valid_to)).toBeGreaterThan(Date.now());
    expect(now.serialNumber).not.toBe(first.serialNumber);
    for (const { notAfter } of await secretsOf(mesh())) expect(notAfter).toBeGreaterThan(Date.now());
  });
});
