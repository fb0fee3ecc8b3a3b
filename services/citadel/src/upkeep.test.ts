import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificates, verifyTrustBundle } from '@quintet/pki';
import { createMetrics, createStaticIdentity } from '@quintet/runtime';
import { createManualClock, createMemoryLog, eventually, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuthority } from './authority/authority-keeper.ts';
import { METRICS } from './metrics.ts';
import { makeServerCertificate } from './server-certificate.ts';
import { createTrustState } from './trust/trust-state.ts';
import { bundleOf, createUpkeep } from './upkeep.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const spiffeId = 'spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account';
let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir('upkeep');
});
afterEach(async () => await dir.remove());

async function setUp(options: { rootTtlMs: number; gracePercent: number }) {
  const clock = createManualClock();
  const { now } = clock;
  let counter = 0;
  const serial = () => Buffer.alloc(16, ++counter);
  const log = createMemoryLog();
  const told: string[] = [];
  const rootOutput = join(dir.path, 'root-cert.pem');
  const keeper = await openAuthority({
    source: {
      kind: 'self-signed',
      gracePercent: options.gracePercent,
      options: {
        ...{ directory: join(dir.path, 'ca'), organization: 'cluster.local', extraRoots: [], now, serial },
        ...{ rootTtlMs: options.rootTtlMs, keyType: { type: 'ec' } },
      },
    },
    ...{ now, log },
  });
  const names = { spiffeId, dnsNames: ['istio-ca'], ttlMs: 24 * HOUR };
  const first = await makeServerCertificate(keeper.current(), { ...names, now: now(), serial: serial() });
  const identity = createStaticIdentity({ certificates: first.texts, clock });
  const trustDomain = 'cluster.local';
  const trust = createTrustState(
    bundleOf(keeper.current(), first, { trustDomain, sequence: 1n, now: now() }),
  );
  const upkeep = createUpkeep({
    ...{ keeper, identity, first, names, trust, trustDomain, rootOutput, serial, clock, log },
    ...{ checkIntervalMs: HOUR, jitter: true, random: () => 0.5, metrics: createMetrics().create(METRICS) },
    events: {
      certificateIssued: () => undefined,
      rootRotated: () => told.push('rotated'),
      authorityExpiring: ({ level }) => told.push(level),
      trustChanged: ({ hash }) => told.push(`trust ${hash.length}`),
    },
  });
  await upkeep.start?.();
  /** Hour by hour, so that the files are written before the next timer. */
  const hours = async (count: number) => {
    for (let hour = 0; hour < count; hour++) {
      await clock.advance(HOUR);
      const settled = log.lines.length;
      await eventually(() => clock.pending() >= 2 && log.lines.length >= settled);
    }
  };
  return { clock, keeper, identity, trust, upkeep, told, rootOutput, hours };
}

describe('upkeep', () => {
  it('renews the certificate of the own port before half of its life is over', async () => {
    const { identity, hours, upkeep } = await setUp({ rootTtlMs: 100 * DAY, gracePercent: 20 });
    const before = identity.current()?.notAfter ?? 0;
    await hours(12);
    expect(identity.current()?.notAfter).toBeGreaterThan(before + 9 * HOUR);
    expect(identity.current()?.spiffeId).toBe(spiffeId);
    await upkeep.stop?.(AbortSignal.abort());
  });

  it('renews the root, hands it out, and what was trusted vouches for it', async () => {
    const { clock, keeper, identity, trust, upkeep, told, rootOutput, hours } = await setUp({
      rootTtlMs: 5 * DAY,
      gracePercent: 20,
    });
    const old = keeper.current().root;
    const oldBundle = trust.current();
    expect(await readFile(rootOutput, 'utf8')).toContain('BEGIN CERTIFICATE');
    await hours(97);
    await eventually(() => told.includes('rotated'));
    const { root } = keeper.current();
    expect(root.notAfter).toBeGreaterThan(old.notAfter);
    const [written] = parseCertificates(await readFile(rootOutput, 'utf8'));
    expect(written?.der).toEqual(root.der);
    const bundle = trust.current();
    expect(bundle.sequence).toBeGreaterThan(oldBundle.sequence);
    const reader = {
      roots: [old],
      trustDomain: 'cluster.local',
      maySign: (id: string) => id === spiffeId,
      now: clock.now(),
    };
    expect(verifyTrustBundle(bundle, reader)[0]?.der).toEqual(root.der);
    expect(identity.current()?.rootPem).toBe(await readFile(rootOutput, 'utf8'));
    expect(told).toEqual(['trust 64', 'trust 64', 'rotated']);
    await upkeep.stop?.(AbortSignal.abort());
  });

  it('raises the alarm once for each step towards an end that nobody prevents', async () => {
    const { told, hours, upkeep } = await setUp({ rootTtlMs: 4 * DAY, gracePercent: 0 });
    await hours(95);
    expect(told).toEqual(['trust 64', 'warning', 'critical']);
    await upkeep.stop?.(AbortSignal.abort());
  });
});
