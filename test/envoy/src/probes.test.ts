import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { bootstrap, type ProxiedProbe } from '@quintet/proxy';
import { ENVOY, eventually, findTool, freePort, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HOST = '127.0.0.1';
let folder: TempDir;
let envoy: ChildProcess;
let web: Server;
let database: TcpServer;
let healthPort = 0;

/** The port of a server that has begun to listen. */
async function portOf(server: TcpServer): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A bootstrap without a control plane: what is asked here needs none. */
function bootstrapText(statsPort: number, probes: readonly ProxiedProbe[]): string {
  const { dynamic_resources: _, ...rest } = bootstrap({
    node: {
      ...{ type: 'sidecar', addresses: [HOST], name: 'a', namespace: 'b', configNamespace: 'b' },
      ...{ domain: 'b.svc.cluster.local', labels: {}, serviceAccount: '', workloadName: 'a' },
      ...{ interceptionMode: 'NONE', meshId: '', clusterId: '', network: '', locality: '', version: '' },
      metadata: {},
    },
    serviceCluster: 'a.b',
    admin: { kind: 'unix', path: join(folder.path, 'admin.sock') },
    listenAddress: HOST,
    statsPort,
    healthPort,
    probes,
    discovery: { address: HOST, port: 1, protocol: 'delta' },
    maxConnections: 1000,
    stats: { prefixes: [], suffixes: [], patterns: [] },
  });
  return JSON.stringify(rest);
}

beforeAll(async () => {
  folder = await makeTempDir('probes');
  web = createServer((request, response) => {
    response.statusCode =
      request.url === '/live?deep=1' && request.headers['x-probe'] === 'kubelet' ? 200 : 500;
    response.end();
  });
  database = createTcpServer();
  const [webPort, databasePort, closedPort] = [await portOf(web), await portOf(database), await freePort()];
  healthPort = await freePort();
  const place = (path: string, port: number) => ({ path, port, timeoutSeconds: 1 });
  const text = bootstrapText(await freePort(), [
    { kind: 'http', ...place('/app-health/web/livez', webPort), tls: false, target: '/live?deep=1' },
    { kind: 'http', ...place('/app-health/web/readyz', closedPort), tls: false, target: '/' },
    { kind: 'tcp', ...place('/app-health/database/livez', databasePort) },
    { kind: 'grpc', ...place('/app-health/grpc/livez', closedPort), service: 'x' },
  ]);
  const flags = ['--disable-hot-restart', '--concurrency', '1', '--log-level', 'error'];
  envoy = spawn(await findTool(ENVOY), ['--config-yaml', text, ...flags], { stdio: 'inherit' });
});
afterAll(async () => {
  envoy.kill('SIGKILL');
  web.close();
  database.close();
  await folder.remove();
});

const ask = async (path: string) =>
  (await fetch(`http://${HOST}:${healthPort}${path}`, { headers: { 'x-probe': 'kubelet' } })).status;
const answers = (path: string, status: number) =>
  eventually(async () => (await ask(path)) === status, { timeoutMs: 15_000 });

describe('the status port of a real Envoy', () => {
  it('says that the proxy is ready', () => answers('/healthz/ready', 200));
  it('passes on an HTTP probe with its path, query and headers', () => answers('/app-health/web/livez', 200));
  it('says that nobody answers an HTTP probe', () => answers('/app-health/web/readyz', 503));
  it('says that a TCP port is closed after it was open', async () => {
    await answers('/app-health/database/livez', 200);
    database.close();
    await answers('/app-health/database/livez', 503);
  });
  it('says that nobody answers a gRPC probe', () => answers('/app-health/grpc/livez', 503));
  it('shows nothing else', async () => expect(await ask('/server_info')).toBe(400));
});
