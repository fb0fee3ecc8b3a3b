import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { httpCall } from './harness/http-call.ts';
import { underPageLoad } from './harness/page-load.ts';
import { peerCertificate } from './harness/peer-certificate.ts';
import { parseMetrics } from './harness/prometheus.ts';
import { type Secret, secretsOf } from './harness/secrets.ts';
import { shortLives } from './harness/short-lives.ts';
import { useMesh } from './harness/use-mesh.ts';

const LIFE_MS = 40_000;
/** Shares of a life at which citadel goes away; renewal begins between 0.4 and 0.5. */
const POINTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45];
const AWAY_MS = 0.4 * LIFE_MS;

const mesh = useMesh(shortLives(LIFE_MS / 1000));

describe('citadel away for 40 % of a life, under load, a handshake for each request', () => {
  it('no request fails, whenever it begins', { timeout: 400_000 }, async () => {
    await underPageLoad(mesh().state.page, async () => {
      for (const point of POINTS) {
        await untilOneIs(point);
        await whileCitadelIsAway(() => delay(AWAY_MS));
      }
    });
  });

  it('no certificate outlives its time: it is reported, and handshakes fail until there is another', async () => {
    const details = mesh().workload('details-v1').address;
    await whileCitadelIsAway(async () => {
      const ends = Math.max(...(await secretsOf(mesh())).map(({ notAfter }) => notAfter));
      await eventually(() => Date.now() > ends, { timeoutMs: LIFE_MS + 5000, everyMs: 200 });
      await eventually(async () => (await mesh().get('/productpage')).status === 503, { timeoutMs: 5000 });
      const shown = await peerCertificate(details, 9080).catch(() => undefined);
      if (shown !== undefined) expect(Date.parse(shown.valid_to)).toBeLessThan(Date.now());
      expect((await nodeagentMetrics()).sum('nodeagent_expired_certificates')).toBeGreaterThanOrEqual(5);
      const { stdout } = await mesh().quintet('events', '--service', 'nodeagent');
      expect(stdout).toContain('certificate.renewal_failing');
      expect(stdout).toMatch(/certificate\.expired .*sa\/bookinfo-details ended at .* without a successor/);
    });
    const page = () => mesh().get('/productpage');
    await eventually(async () => (await page()).status === 200, { timeoutMs: 20_000, everyMs: 100 });
  });
});

/**
 * Does something while citadel is there and does not answer. For those who ask that is worse than nobody listening: each
 * attempt lasts until its timeout; and its end comes when the test says so, not when a process has started again.
 */
async function whileCitadelIsAway(work: () => Promise<void>): Promise<void> {
  const pid = mesh().pid('citadel');
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Waits until all certificates are new enough to be due later, and one has lived for this share of its life. */
async function untilOneIs(share: number): Promise<void> {
  await eventually(
    async () => {
      const ages = (await secretsOf(mesh())).map(ageOf);
      return ages.every((age) => age < 0.5) && ages.some((age) => age >= share && age < share + 0.05);
    },
    { timeoutMs: 2 * LIFE_MS },
  );
}

/** The share of its life that a certificate has lived. */
function ageOf({ notAfter }: Secret): number {
  return 1 - (notAfter - Date.now()) / LIFE_MS;
}

async function nodeagentMetrics() {
  const { body } = await httpCall({ url: `http://${mesh().state.addresses.nodeagent}:15014/metrics` });
  return parseMetrics(body);
}
