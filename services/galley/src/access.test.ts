import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMcpSink } from '@quintet/mcp';
import { DESTINATION_RULE } from '@quintet/model';
import { createChannel, createStaticIdentity, silentLog, systemClock } from '@quintet/runtime';
import { createTestCa, type TestCa } from '@quintet/runtime/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { environment } from './testing-environment.ts';

const account = (name: string): string =>
  `spiffe://cluster.local/ns/istio-system/sa/istio-${name}-service-account`;
const cleanups: (() => unknown)[] = [];
let directory: string;
let ca: TestCa;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'galley-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  ca = await createTestCa();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts galley with the certificate of its service account; returns its port. */
async function start(): Promise<number> {
  const certificates = join(directory, 'certs');
  await mkdir(certificates);
  const own = await ca.issue({ spiffeId: account('galley') });
  await writeFile(join(certificates, 'cert-chain.pem'), own.certChainPem);
  await writeFile(join(certificates, 'key.pem'), own.keyPem);
  await writeFile(join(certificates, 'root-cert.pem'), ca.rootPem);
  const argv = ['--server-address=127.0.0.1:0', `--configPath=${directory}`, `--cert-dir=${certificates}`];
  const app = await createApp(environment(argv));
  for (const component of app.components) {
    cleanups.push(() => component.stop?.(AbortSignal.abort()));
    await component.start?.();
  }
  return app.server.port();
}

/** Connects with a certificate, or in plaintext; resolves with how it went. */
async function connect(
  port: number,
  caller: { readonly ca: TestCa; readonly spiffeId: string } | undefined,
): Promise<string> {
  const identity =
    caller &&
    createStaticIdentity({
      certificates: await caller.ca.issue({ spiffeId: caller.spiffeId }),
      clock: systemClock,
    });
  const channel = createChannel({
    address: `127.0.0.1:${port}`,
    ...(identity && { credentials: identity.channelCredentials({ peers: [account('galley')] }) }),
  });
  const ended = Promise.withResolvers<string>();
  const sink = createMcpSink({
    channel,
    collections: [DESTINATION_RULE.collection],
    node: { id: 'test' },
    onChange: () => {},
    log: silentLog,
    clock: systemClock,
    random: () => 0.5,
    observer: { disconnected: ended.resolve },
  });
  cleanups.push(channel.close, () => sink.stop?.(AbortSignal.abort()));
  await sink.start?.();
  return Promise.race([sink.synced.then(() => 'synced'), ended.promise]);
}

describe('the MCP port', () => {
  it.each(['pilot', 'mixer'])('lets %s in', async (name) => {
    expect(await connect(await start(), { ca, spiffeId: account(name) })).toBe('synced');
  });

  it('refuses another identity of the mesh', async () => {
    expect(await connect(await start(), { ca, spiffeId: account('citadel') })).toContain('not on the list');
  });

  it('refuses a foreign certificate', async () => {
    const foreign = await createTestCa();
    expect(await connect(await start(), { ca: foreign, spiffeId: account('pilot') })).not.toBe('synced');
  });

  it('refuses plaintext', async () => {
    expect(await connect(await start(), undefined)).not.toBe('synced');
  });
});
