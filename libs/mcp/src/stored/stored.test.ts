import { createServer } from 'node:net';
import { type Certificates, checkCertificates, createAllowList, silentLog } from '@quintet/runtime';
import { createTestCa, type TestCa } from '@quintet/runtime/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSnapshots } from '../snapshots/snapshots.ts';
import { createPeers, GATEWAYS, snapshotsOf } from '../testing/peers.ts';
import { RULES, rule } from '../testing-objects.ts';
import { storedCollections } from './content.ts';
import { createStoredFallback } from './fallback.ts';
import { openSnapshot, signSnapshot } from './signed.ts';

const account = (name: string) => `spiffe://cluster.local/ns/istio-system/sa/istio-${name}-service-account`;
const GALLEY = account('galley');
const signers = createAllowList([GALLEY]);
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const { serve, subscribe } = createPeers(cleanups);

let ca: TestCa;
let galley: Certificates;
let pilot: Certificates;
const certificatesOf = async (authority: TestCa, spiffeId: string) =>
  checkCertificates({ ...(await authority.issue({ spiffeId })), rootPem: authority.rootPem }, Date.now());
beforeAll(async () => {
  ca = await createTestCa();
  galley = await certificatesOf(ca, GALLEY);
  pilot = await certificatesOf(ca, account('pilot'));
});

const header = (sequence = 1n) => ({ sequence, takenAt: Date.now() });

describe('a signed snapshot', () => {
  it('is read by whoever trusts its signer, object for object', () => {
    const snapshots = snapshotsOf(rule('b', 'x'), rule('a', 'x'));
    const bytes = signSnapshot(snapshots, header(7n), galley);
    const snapshot = openSnapshot(bytes, { certificates: pilot, signers, now: Date.now() });
    expect(snapshot.sequence).toBe(7n);
    expect(storedCollections(snapshot, [RULES, GATEWAYS, 'other'])).toEqual([
      {
        collection: RULES,
        version: snapshots.get(RULES)?.version,
        objects: [rule('a', 'x'), rule('b', 'x')],
      },
      { collection: GATEWAYS, version: snapshots.get(GATEWAYS)?.version, objects: [] },
    ]);
  });

  it('is refused from others, from elsewhere, changed, and when its signer has expired', async () => {
    const bytes = signSnapshot(snapshotsOf(rule('a', 'x')), header(), galley);
    const trust = { certificates: pilot, signers, now: Date.now() };
    const foreign = await certificatesOf(await createTestCa(), account('pilot'));
    const byPilot = signSnapshot(snapshotsOf(), header(), pilot);
    const changed = bytes.slice();
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect(() => openSnapshot(byPilot, trust)).toThrow('who may not');
    expect(() => openSnapshot(bytes, { ...trust, certificates: foreign })).toThrow('no trusted root');
    expect(() => openSnapshot(changed, trust)).toThrow();
    expect(() => openSnapshot(new Uint8Array([0xff]), trust)).toThrow('cannot be read');
    expect(() => openSnapshot(new Uint8Array(), trust)).toThrow('not signed');
    expect(() => openSnapshot(bytes, { ...trust, now: galley.notAfter + 1000 })).toThrow('not valid after');
  });
});

describe('the fallback', () => {
  it('ignores what is older than what it read before, and tells so once', async () => {
    const stored = [2n, 1n, 1n, 2n].map((n) =>
      signSnapshot(snapshotsOf(rule(`r${n}`, 'x')), header(n), galley),
    );
    const ignored: string[] = [];
    const fallback = createStoredFallback({
      read: async () => stored.shift(),
      certificates: () => pilot,
      signers,
      now: Date.now,
      log: silentLog,
      onIgnored: (reason) => ignored.push(reason),
    });
    const names = async () =>
      (await fallback.load([RULES]))?.flatMap(({ objects }) => objects.map((object) => object.name));
    expect([await names(), await names(), await names(), await names(), await names()]).toEqual([
      ['r2'],
      undefined,
      undefined,
      ['r2'],
      undefined,
    ]);
    expect(ignored).toEqual(['number 1 is older than 2, which was read before']);
  });
});

describe('a sink without its source', () => {
  it('works with what was stored, and takes the stream over when the source comes, without a blip', async () => {
    const port = await freePort();
    const stored = signSnapshot(snapshotsOf(rule('a', 'x'), rule('b', 'x')), header(), galley);
    const { sink, next } = await start(port, stored);
    await sink.synced;
    expect([await next(), await next()].sort()).toEqual(['gateways full [] -[]', 'rules full [a,b] -[]']);
    expect([sink.isSynced(), sink.isFallback(), sink.isConnected()]).toEqual([true, true, false]);
    await serve(snapshotsOf(rule('a', 'x'), rule('b', 'y')), {}, port);
    expect([await next(), await next()].sort()).toEqual(['gateways delta [] -[]', 'rules delta [b] -[]']);
    expect(sink.isFallback()).toBe(false);
  });

  it('that takes connections and says nothing does not wait for it', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    cleanups.push(() => silent.close());
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const stored = signSnapshot(snapshotsOf(rule('a', 'x')), header(), galley);
    const { sink } = await start(port, stored);
    await sink.synced;
    expect(sink.isFallback()).toBe(true);
  });

  it('does not look at what was stored when the source is there', async () => {
    const port = await freePort();
    await serve(snapshotsOf(rule('b', 'x')), {}, port);
    const stored = signSnapshot(snapshotsOf(rule('a', 'x')), header(), galley);
    const { sink, next } = await start(port, stored, 10_000);
    await sink.synced;
    expect([await next(), await next()].sort()).toEqual(['gateways delta [] -[]', 'rules delta [b] -[]']);
  });

  it('waits where what was stored lacks a collection', async () => {
    const port = await freePort();
    const rulesOnly = createSnapshots([RULES]);
    rulesOnly.publish([rule('a', 'x')]);
    const { sink, next, asked } = await start(port, signSnapshot(rulesOnly, header(), galley));
    await asked;
    expect(sink.isSynced()).toBe(false);
    await serve(snapshotsOf(), {}, port);
    expect([await next(), await next()].sort()).toEqual(['gateways delta [] -[]', 'rules delta [] -[]']);
  });
});

async function start(port: number, stored: Uint8Array, fallbackPatienceMs = 20) {
  const asked = Promise.withResolvers<void>();
  const fallback = createStoredFallback({
    read: async () => {
      asked.resolve();
      return stored;
    },
    certificates: () => pilot,
    signers,
    now: Date.now,
    log: silentLog,
    onIgnored: () => {},
  });
  return { ...(await subscribe(port, { fallbackPatienceMs, fallback })), asked: asked.promise };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
