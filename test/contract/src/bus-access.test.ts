import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authorizationConfig, createNatsBus, createNkey } from '@quintet/bus';
import { createMetrics, createStaticIdentity, systemClock } from '@quintet/runtime';
import {
  createMemoryLog,
  createTestCa,
  eventually,
  makeTempDir,
  type NatsServer,
  startNatsServer,
  type TestCa,
} from '@quintet/testkit';
import { connect } from 'nats';
import { afterEach, describe, expect, it } from 'vitest';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function tempFile(name: string, text: string): Promise<string> {
  const dir = await makeTempDir('access');
  cleanups.push(dir.remove);
  await writeFile(join(dir.path, name), text, { mode: 0o600 });
  return join(dir.path, name);
}

async function start(config: string): Promise<NatsServer> {
  const server = await startNatsServer({ config });
  cleanups.push(server.remove);
  return server;
}

describe('nats-server with nkeys', () => {
  it('refuses who has none, and who has another', async () => {
    const pilot = createNkey();
    const server = await start(authorizationConfig(new Map([['pilot', { nkey: pilot.publicKey }]])));
    await expect(connect({ servers: server.address, reconnect: false })).rejects.toThrow(
      /Authorization Violation/i,
    );
    const bus = createNatsBus({
      servers: [server.address],
      principal: 'pilot',
      credentials: { kind: 'nkey', seedFile: await tempFile('foreign.nk', createNkey().seed) },
      clock: systemClock,
      log: createMemoryLog(),
      metrics: createMetrics(),
    });
    cleanups.push(() => bus.stop?.(AbortSignal.abort()));
    await bus.start?.();
    await eventually(() => /authorization/i.test(bus.status().detail ?? ''));
    expect(bus.status().state).toBe('degraded');
  });
});

const NATS_ID = 'spiffe://cluster.local/ns/istio-system/sa/istio-nats-service-account';
const PILOT_ID = 'spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account';

async function writeCertificates(
  files: { cert_file: string; key_file: string; ca_file: string },
  ca: TestCa,
) {
  const own = await ca.issue({ spiffeId: NATS_ID });
  await writeFile(files.cert_file, own.certChainPem);
  await writeFile(files.key_file, own.keyPem);
  await writeFile(files.ca_file, ca.rootPem);
}

describe('nats-server with client certificates', () => {
  it('knows a service by the SPIFFE id of its certificate and nobody else', async () => {
    const [ca, other] = await Promise.all([createTestCa(), createTestCa()]);
    const tls = {
      cert_file: await tempFile('cert.pem', ''),
      key_file: await tempFile('key.pem', ''),
      ca_file: await tempFile('root.pem', ''),
    };
    await writeCertificates(tls, ca);
    const lines = Object.entries(tls).map(([key, file]) => `  ${key}: ${JSON.stringify(file)}`);
    const users = authorizationConfig(new Map([['pilot', { spiffeId: PILOT_ID }]]));
    const server = await start(`tls {\n${lines.join('\n')}\n  verify_and_map: true\n}\n${users}`);
    const enter = async (issuer: typeof ca, spiffeId: string, peers: string[]) => {
      const clock = systemClock;
      const holder = createStaticIdentity({ certificates: await issuer.issue({ spiffeId }), clock });
      const credentials = { kind: 'certificate' as const, holder, peers };
      const log = createMemoryLog();
      const bus = createNatsBus({
        servers: [server.address],
        principal: 'pilot',
        credentials,
        clock,
        log,
        metrics: createMetrics(),
      });
      cleanups.push(() => bus.stop?.(AbortSignal.abort()));
      await bus.start?.();
      return { bus, holder };
    };
    const pilot = await enter(ca, PILOT_ID, [NATS_ID]);
    await pilot.bus.connected(5000);
    const refused = [
      await enter(ca, PILOT_ID.replace('pilot', 'galley'), [NATS_ID]),
      await enter(other, PILOT_ID, [NATS_ID]),
      await enter(ca, PILOT_ID, [PILOT_ID]),
    ];
    for (const { bus } of refused) {
      await eventually(() => !/not connected yet/.test(bus.status().detail ?? ''));
      expect(bus.status().state).toBe('degraded');
    }
    await expect(connect({ servers: server.address, reconnect: false })).rejects.toThrow();
    await server.kill();
    await writeCertificates(tls, other);
    pilot.holder.update(await other.issue({ spiffeId: PILOT_ID }));
    await server.start();
    await eventually(() => pilot.bus.status().state === 'ok');
  });
});
