import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { createMcpSource, createSnapshots } from '@quintet/mcp';
import { KINDS, makeConfigObject, parseMeshConfig, SERVICE_ENTRY } from '@quintet/model';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  ServiceEntry_Location,
  ServiceEntry_Resolution,
  ServiceEntrySchema,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import {
  type Component,
  createAllowList,
  createChannel,
  createGrpcServer,
  createMetrics,
  createStaticIdentity,
  extendConfig,
  reportHealth,
  SERVICE_OPTIONS,
  silentLog,
  systemClock,
} from '@quintet/runtime';
import { createTestCa, createXdsClient, makeTempDir, type TestCa } from '@quintet/testkit';
import { ENDPOINT_TYPE, ROUTE_TYPE } from '@quintet/xds';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, type PilotApp, type PilotEnv } from './app.ts';
import { CONFIG } from './config.ts';

const SYSTEM = 'spiffe://cluster.local/ns/istio-system/sa';
const NODE = 'sidecar~10.9.0.1~web-1.shop~shop.svc.cluster.local';

const cleanups: (() => unknown)[] = [];
let ca: TestCa;
beforeEach(async () => {
  ca = await createTestCa();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function environment(argv: readonly string[]): PilotEnv {
  const parsed = extendConfig(CONFIG, SERVICE_OPTIONS).parse('pilot', { argv, env: {} });
  if (parsed.kind !== 'values') throw new Error(JSON.stringify(parsed));
  return {
    name: 'pilot',
    instance: 'test',
    version: 'test',
    config: parsed.values,
    log: silentLog,
    clock: systemClock,
    random: () => 0.5,
    metrics: createMetrics(),
    shutdown: new AbortController().signal,
  };
}

async function startAll(components: readonly Component[]): Promise<void> {
  for (const component of components) {
    await component.start?.();
    cleanups.push(() => component.stop?.(AbortSignal.timeout(1000)));
  }
}

async function identityOf(spiffeId: string, authority = ca) {
  const certificates = await authority.issue({ spiffeId });
  return createStaticIdentity({
    certificates: { ...certificates, rootPem: `${authority.rootPem}${ca.rootPem}` },
    clock: systemClock,
  });
}

/** A galley that hands out what is published in it. */
async function startGalley() {
  const snapshots = createSnapshots(KINDS.map(({ collection }) => collection));
  const identity = await identityOf(`${SYSTEM}/istio-galley-service-account`);
  const credentials = identity.serverCredentials({ clientCertificate: 'required' });
  const server = createGrpcServer({ name: 'mcp', address: '127.0.0.1:0', log: silentLog, credentials });
  const allow = createAllowList([`${SYSTEM}/istio-pilot-service-account`]);
  server.add(ResourceSource, createMcpSource({ snapshots, log: silentLog, clock: systemClock }), { allow });
  await startAll([server]);
  return { snapshots, address: `127.0.0.1:${server.port()}` };
}

async function startPilot(galley: string, flags: readonly string[] = []): Promise<PilotApp> {
  const directory = await makeTempDir();
  cleanups.push(() => directory.remove());
  const { certChainPem, keyPem } = await ca.issue({ spiffeId: `${SYSTEM}/istio-pilot-service-account` });
  const files = { 'cert-chain.pem': certChainPem, 'key.pem': keyPem, 'root-cert.pem': ca.rootPem };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(directory.path, name), text, { mode: 0o600 });
  }
  await writeFile(join(directory.path, 'token'), 'secret\n', { mode: 0o600 });
  const app = await createApp(
    environment([
      `--cert-dir=${directory.path}`,
      `--mcp-address=${galley}`,
      '--secureGrpcAddr=127.0.0.1:0',
      '--httpAddr=127.0.0.1:0',
      '--debounce-after=1ms',
      `--debug-token-file=${join(directory.path, 'token')}`,
      ...flags,
    ]),
  );
  await startAll(app.components);
  return app;
}

async function connect(app: PilotApp, spiffeId: string, authority = ca) {
  const identity = await identityOf(spiffeId, authority);
  const credentials = identity.channelCredentials({ peers: [`${SYSTEM}/istio-pilot-service-account`] });
  const channel = createChannel({ address: `127.0.0.1:${app.secure?.port()}`, credentials });
  const client = createXdsClient({ channel, form: 'delta', node: { id: NODE } });
  cleanups.push(async () => {
    await client.close();
    channel.close();
  });
  return client;
}

const web = makeConfigObject({
  kind: SERVICE_ENTRY,
  namespace: 'shop',
  name: 'web',
  spec: create(ServiceEntrySchema, {
    hosts: ['web.shop.svc.cluster.local'],
    location: ServiceEntry_Location.MESH_INTERNAL,
    resolution: ServiceEntry_Resolution.STATIC,
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    endpoints: [{ address: '10.9.0.1' }],
  }),
});

describe('createApp', () => {
  it('hands out nothing before galley’s first complete set, then what it says, to proxies with an identity', async () => {
    const galley = await startGalley();
    const app = await startPilot(galley.address);
    const proxy = await connect(app, 'spiffe://cluster.local/ns/shop/sa/web');
    await expect.poll(() => app.pilot.proxies()).toHaveLength(1);
    expect((await reportHealth(app.ready ?? [])).state).toBe('failed');
    expect(app.pilot.publisher.revision()).toBe(0);
    galley.snapshots.publish([web]);
    await proxy.until(
      (held) => held.resources(ROUTE_TYPE).has('80') && held.resources(ENDPOINT_TYPE).size > 0,
    );
    expect((await reportHealth(app.ready ?? [])).state).toBe('ok');
    galley.snapshots.publish([]);
    await proxy.until((held) => held.resources(ENDPOINT_TYPE).size === 0);
  });

  it('says why it is not ready when it does not realise the mesh configuration', async () => {
    const galley = await startGalley();
    const app = await startPilot(galley.address);
    const { object: mesh } = parseMeshConfig('pathNormalization: {normalization: BASE}', { file: 'mesh' });
    if (mesh === undefined) throw new Error('expected a valid mesh configuration');
    galley.snapshots.publish([web, mesh]);
    await expect
      .poll(async () => JSON.stringify(await reportHealth(app.ready ?? [])))
      .toContain('pathNormalization');
    expect(app.pilot.publisher.revision()).toBe(0);
  });

  it.each([
    ['spiffe://cluster.local/ns/other/sa/web', 'claims namespace "shop"'],
    ['spiffe://foreign.example/ns/shop/sa/web', 'not on the list'],
  ])('refuses %s for a node of another identity', async (spiffeId, reason) => {
    const app = await startPilot((await startGalley()).address);
    const proxy = await connect(app, spiffeId);
    await expect(proxy.until(() => false)).rejects.toThrow(reason);
  });

  it('refuses a certificate of a foreign authority', async () => {
    const app = await startPilot((await startGalley()).address);
    const proxy = await connect(app, 'spiffe://cluster.local/ns/shop/sa/web', await createTestCa());
    await expect(proxy.until(() => false)).rejects.toThrow();
    expect(app.pilot.proxies()).toEqual([]);
  });

  it('shows debug pages to whoever has the token, and readiness to everybody', async () => {
    const app = await startPilot((await startGalley()).address);
    const get = (path: string, authorization = '') =>
      fetch(`http://127.0.0.1:${app.debug?.port()}${path}`, { headers: { authorization } });
    expect((await get('/ready')).status).toBe(503);
    expect((await get('/debug/syncz')).status).toBe(401);
    expect((await get('/debug/syncz', 'Bearer wrong')).status).toBe(401);
    const shown = await get('/debug/syncz', 'Bearer secret');
    expect([shown.status, await shown.json()]).toEqual([200, []]);
    expect((await get('/debug/config_dump', 'Bearer secret')).status).toBe(400);
    expect((await get('/debug/config_dump?proxyID=a.b', 'Bearer secret')).status).toBe(404);
  });

  it.each([
    [['--grpcAddr=0.0.0.0:15010'], 'plaintext xDS is for loopback addresses only'],
    [
      ['--mcp-insecure', '--mcp-address=galley.example:9901'],
      '--mcp-insecure is for loopback addresses only',
    ],
  ])('refuses %s', async (flags, problem) => {
    await expect(startPilot('127.0.0.1:1', flags)).rejects.toThrow(problem);
  });
});
