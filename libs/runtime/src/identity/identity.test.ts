import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { createManualClock, type ManualClock } from '../clock/manual-clock.ts';
import { createGrpcServer } from '../grpc/server.ts';
import { reportHealth } from '../health/health.ts';
import { silentLog } from '../log/log.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import { createTestCa, type TestCa } from '../testing/test-ca.ts';
import { type CertificateTexts, checkCertificates } from './certificates.ts';
import { createCitadelIdentity } from './citadel-identity.ts';
import { createFileIdentity } from './file-identity.ts';
import { renewalDelay } from './request-certificate.ts';
import { createStaticIdentity, type ServiceIdentity } from './service-identity.ts';

const ID = 'spiffe://cluster.local/ns/default/sa/reviews';
const CITADEL = 'spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'quintet-identity-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function writeTexts(dir: string, texts: CertificateTexts): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'cert-chain.pem'), texts.certChainPem);
  await writeFile(join(dir, 'key.pem'), texts.keyPem);
  await writeFile(join(dir, 'root-cert.pem'), texts.rootPem);
}

const start = async (identity: ServiceIdentity) => {
  await identity.start?.();
  cleanups.push(() => identity.stop?.(AbortSignal.abort()));
};

const health = async (identity: ServiceIdentity) => (await reportHealth(identity.checks ?? [])).checks[0];

describe('certificates are refused', async () => {
  const [ca, other] = await Promise.all([createTestCa(), createTestCa()]);
  const good = await ca.issue({ spiffeId: ID });
  it.each<[string, CertificateTexts, number, RegExp]>([
    ['with another key', { ...good, keyPem: (await ca.issue({ spiffeId: ID })).keyPem }, 0, /private key/],
    ['under foreign roots', { ...good, rootPem: other.rootPem }, 0, /root/],
    ['after their end', good, 2 * 3_600_000, /not valid after/],
    ['without a SPIFFE id', await ca.issue({ spiffeId: 'https://example.com/' }), 0, /exactly one SPIFFE id/],
    ['when they are no PEM', { ...good, certChainPem: 'x' }, 0, /certificate chain/],
  ])('%s', (_, texts, later, message) => {
    expect(() => checkCertificates(texts, Date.now() + later)).toThrow(message);
  });
});

describe('an identity from files', () => {
  it('waits for them, follows a swap of the directory, and keeps the last good one', async () => {
    const ca = await createTestCa();
    const dir = await tempDir();
    const identity = createFileIdentity({ directory: dir, clock: systemClock, log: silentLog });
    await start(identity);
    expect(await health(identity)).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('cannot read'),
    });
    // As Kubernetes mounts a secret: files are links into `..data`, which is a link that is renamed over.
    const swapTo = async (name: string, texts: CertificateTexts) => {
      await writeTexts(join(dir, name), texts);
      await symlink(name, join(dir, '..data_tmp'));
      await rename(join(dir, '..data_tmp'), join(dir, '..data'));
    };
    await swapTo('..1', await ca.issue({ spiffeId: ID }));
    for (const file of ['cert-chain.pem', 'key.pem', 'root-cert.pem']) {
      await symlink(join('..data', file), join(dir, file));
    }
    await expect.poll(() => identity.current()?.spiffeId, { timeout: 5000 }).toBe(ID);
    expect(await health(identity)).toMatchObject({ state: 'ok' });
    const changed = new Promise<string>((resolve) => identity.onChange((c) => resolve(c.spiffeId)));
    await swapTo('..2', await ca.issue({ spiffeId: `${ID}-2` }));
    expect(await changed).toBe(`${ID}-2`);
    await swapTo('..3', { ...(await ca.issue({ spiffeId: ID })), keyPem: 'broken' });
    await expect.poll(async () => (await health(identity))?.state, { timeout: 5000 }).toBe('degraded');
    expect(identity.current()?.spiffeId).toBe(`${ID}-2`);
  });
});

type CitadelState = { up: boolean; requests: number; lifetimeMs: number };

async function startCitadel(ca: TestCa, clock: ManualClock, state: CitadelState) {
  const own = createStaticIdentity({
    certificates: await ca.issue({ spiffeId: CITADEL }),
    clock: systemClock,
  });
  const server = createGrpcServer({
    name: 'citadel',
    address: '127.0.0.1:0',
    log: silentLog,
    credentials: own.serverCredentials({ clientCertificate: 'optional' }),
  });
  server.add(IstioCertificateService, {
    createCertificate: async (request, call) => {
      state.requests++;
      if (!state.up) throw new Error('down');
      expect(call.metadata.get('authorization')).toEqual(['Bearer secret']);
      const { lifetimeMs } = state;
      return { certChain: ca.sign(request.csr, { spiffeId: ID, now: clock.now(), lifetimeMs }) };
    },
  });
  await server.start?.();
  cleanups.push(() => server.stop?.(AbortSignal.abort()));
  return server.port();
}

async function citadelIdentity(citadel = CITADEL) {
  const clock = createManualClock(Date.now());
  const [ca, dir] = await Promise.all([createTestCa(), tempDir()]);
  const state: CitadelState = { up: true, requests: 0, lifetimeMs: 60_000 };
  const port = await startCitadel(ca, clock, state);
  const files = { tokenFile: join(dir, 'token'), rootFile: join(dir, 'root-cert.pem') };
  await writeFile(files.tokenFile, 'secret\n');
  await writeFile(files.rootFile, ca.rootPem);
  const log = createMemoryLog();
  const identity = createCitadelIdentity({
    citadel: { address: `127.0.0.1:${port}`, peers: [citadel] },
    ...files,
    lifetimeMs: 0,
    clock,
    random: () => 0.5,
    log,
  });
  return { identity, clock, state, log, files, ca };
}

describe('an identity from citadel', () => {
  it('is renewed before half of its life is over, with a new key', async () => {
    const { identity, clock, state } = await citadelIdentity();
    await start(identity);
    await expect.poll(() => identity.current()?.spiffeId).toBe(ID);
    const first = identity.current();
    await clock.advance(26_000);
    expect(state.requests).toBe(1);
    await clock.advance(2000);
    await expect.poll(() => identity.current()?.keyPem === first?.keyPem).toBe(false);
    expect(state.requests).toBe(2);
  });

  it('is asked for again and again while citadel is down, and lives on meanwhile', async () => {
    const { identity, clock, state } = await citadelIdentity();
    state.up = false;
    await start(identity);
    await expect.poll(async () => (await health(identity))?.detail).toContain('internal error');
    state.up = true;
    await clock.advance(500);
    await expect.poll(() => identity.current()?.spiffeId).toBe(ID);
    state.up = false;
    await clock.advance(28_000);
    await expect.poll(async () => (await health(identity))?.state).toBe('degraded');
    await clock.advance(60_000);
    expect(await health(identity)).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('expired'),
    });
  });

  it('is not asked of somebody else', async () => {
    const { identity, state } = await citadelIdentity('spiffe://cluster.local/ns/istio-system/sa/other');
    await start(identity);
    await expect.poll(async () => (await health(identity))?.detail, { timeout: 5000 }).toContain('expected');
    expect(state.requests).toBe(0);
  });

  it('takes new roots without a new certificate', async () => {
    const { identity, clock, files, ca } = await citadelIdentity();
    await start(identity);
    await expect.poll(() => identity.current()?.spiffeId).toBe(ID);
    const both = ca.rootPem + (await createTestCa()).rootPem;
    await writeFile(files.rootFile, both);
    const settled = async () => {
      await clock.advance(50);
      return identity.current()?.rootPem === both;
    };
    await expect.poll(settled, { timeout: 5000 }).toBe(true);
  });
});

describe('renewal', () => {
  it.each([
    [0, 50],
    [0.999, 40],
  ])('with randomness %d is due at about %d percent of the life', (random, percent) => {
    expect(renewalDelay({ notAfter: 100_000, now: 0, random: () => random })).toBeCloseTo(percent * 1000, -2);
  });
});
