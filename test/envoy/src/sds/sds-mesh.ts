import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { bootstrap, nodeFromMetadata } from '@quintet/proxy';
import { type Certificates, type GrpcServer, requestCertificate } from '@quintet/runtime';
import { ENVOY, eventually, findTool, freePort, makeTempDir } from '@quintet/testkit';
import { inboundListener, outboundCluster, outboundListener } from './mesh-resources.ts';
import { startPilotStandIn } from './pilot-stand-in.ts';
import { startProgram, startService, type TestProcess } from './process.ts';
import { createTokenIssuer, type TokenIssuer, writeEnvoyToken } from './token-issuer.ts';

const CITADEL_ID = 'spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account';
const PILOT_ID = 'spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account';
const SYSTEM = 'istio-system';
const HOUR_MS = 3_600_000;

/** Citadel, node agent, a stand-in for pilot and one Envoy that calls itself over mutual TLS. */
export type SdsMesh = {
  readonly socket: string;
  readonly issuer: TokenIssuer;
  readonly callers: ReadonlySet<string>;
  /** Status of a request through Envoy, a new mutual TLS handshake inside; 0 without an answer. */
  readonly call: () => Promise<number>;
  /** Serial number of the certificate that Envoy presents now. */
  readonly servedSerial: () => Promise<string>;
  /** Gives Envoy a token for `reviews` that is good for so long. */
  readonly giveToken: (lifetimeMs: number) => Promise<void>;
  readonly startCitadel: () => Promise<void>;
  readonly killCitadel: () => Promise<void>;
  readonly restartNodeagent: () => Promise<void>;
  readonly nodeagentMetric: (name: string) => Promise<number>;
  /** What everybody said, for a failed test. */
  readonly output: () => string;
  readonly remove: () => Promise<void>;
};

/** Starts it. `certLifetime` is a duration such as `6s`. */
export async function startSdsMesh(options: {
  readonly certLifetime: string;
  readonly tokenMs: number;
}): Promise<SdsMesh> {
  const dir = await makeTempDir('sds');
  const file = (name: string) => join(dir.path, name);
  const issuer = createTokenIssuer();
  const ports = await takePorts();
  const running: { [name: string]: TestProcess } = {};
  const account = (serviceAccount: string) => ({ namespace: SYSTEM, serviceAccount });
  await writeFile(file('jwks.json'), issuer.jwks);
  await writeFile(file('agent-token'), issuer.token(account('istio-nodeagent-service-account'), HOUR_MS), {
    mode: 0o600,
  });
  const giveToken = async (lifetimeMs: number) => {
    await writeEnvoyToken(
      file('token'),
      issuer.token({ namespace: 'default', serviceAccount: 'reviews' }, lifetimeMs),
    );
  };
  await giveToken(options.tokenMs);

  const startCitadel = async () => {
    running.citadel = startService('citadel', [
      ...['--self-signed-ca', '--ca-dir', file('ca'), '--root-output', file('root-cert.pem')],
      ...['--jwt-issuer', issuer.issuer, '--jwks-file', file('jwks.json')],
      ...[
        '--grpc-address',
        '127.0.0.1',
        '--grpc-port',
        String(ports.citadel),
        '--admin-address',
        `127.0.0.1:${ports.citadelAdmin}`,
      ],
    ]);
    await ready(ports.citadelAdmin);
  };
  await startCitadel();
  const citadelAddress = `127.0.0.1:${ports.citadel}`;
  const rootPem = await readFile(file('root-cert.pem'), 'utf8');
  const startNodeagent = async () => {
    running.nodeagent = startService('nodeagent', [
      ...[
        '--sds-socket',
        file('sds/socket'),
        '--citadel-address',
        citadelAddress,
        '--root-cert-file',
        file('root-cert.pem'),
      ],
      ...[
        '--token-file',
        file('agent-token'),
        '--secret-ttl',
        options.certLifetime,
        '--admin-address',
        `127.0.0.1:${ports.agentAdmin}`,
      ],
    ]);
    await ready(ports.agentAdmin);
  };
  await startNodeagent();
  const ask = (token: string): Promise<Certificates> =>
    requestCertificate({
      citadel: { address: citadelAddress, peers: [CITADEL_ID] },
      ...{ rootPem, token, lifetimeMs: 0, now: Date.now },
    });
  const client = await ask(issuer.token({ namespace: 'default', serviceAccount: 'tester' }, HOUR_MS));
  const pilot = await startPilotStandIn({
    ...{
      citadelAddress,
      citadelId: CITADEL_ID,
      rootPem,
      token: issuer.token(account('istio-pilot-service-account'), HOUR_MS),
    },
    listeners: [inboundListener(ports.inbound), outboundListener(ports.outbound)],
    clusters: [outboundCluster(ports.inbound)],
  });
  await writeFile(
    file('envoy.json'),
    JSON.stringify(envoyConfig({ dir: dir.path, ports, pilot: pilot.server })),
  );
  const binary = await findTool(ENVOY);
  running.envoy = startProgram(binary, [
    '-c',
    file('envoy.json'),
    '--disable-hot-restart',
    '--concurrency',
    '1',
    '-l',
    'warning',
  ]);
  return {
    socket: file('sds/socket'),
    issuer,
    callers: pilot.callers,
    call: () => statusOf(ports.outbound),
    servedSerial: () => serialOf(ports.inbound, client),
    giveToken,
    startCitadel,
    killCitadel: async () => await running.citadel?.kill(),
    async restartNodeagent() {
      await running.nodeagent?.kill();
      await startNodeagent();
    },
    nodeagentMetric: (name) => metric(ports.agentAdmin, name),
    output: () =>
      Object.entries(running)
        .map(([name, program]) => `--- ${name}\n${program.output()}`)
        .join('\n'),
    async remove() {
      await pilot.server.stop?.(AbortSignal.abort());
      await Promise.all(Object.values(running).map((program) => program.kill()));
      await dir.remove();
    },
  };
}

type Ports = Readonly<
  Record<'citadel' | 'citadelAdmin' | 'agentAdmin' | 'inbound' | 'outbound' | 'stats' | 'health', number>
>;

async function takePorts(): Promise<Ports> {
  const [citadel, citadelAdmin, agentAdmin, inbound, outbound, stats, health] = await Promise.all(
    Array.from({ length: 7 }, () => freePort()),
  );
  const all = { citadel, citadelAdmin, agentAdmin, inbound, outbound, stats, health };
  return Object.fromEntries(Object.entries(all).map(([name, port]) => [name, port ?? 0])) as Ports;
}

function envoyConfig({ dir, ports, pilot }: { dir: string; ports: Ports; pilot: GrpcServer }) {
  const read = nodeFromMetadata({
    id: 'sidecar~127.0.0.1~reviews.default~default.svc.cluster.local',
    metadata: { NAMESPACE: 'default', SERVICE_ACCOUNT: 'reviews' },
  });
  if (!read.ok) throw new Error(read.problems.join('; '));
  return bootstrap({
    node: read.proxy,
    serviceCluster: 'reviews.default',
    admin: { kind: 'unix', path: join(dir, 'admin.sock') },
    listenAddress: '127.0.0.1',
    statsPort: ports.stats,
    healthPort: ports.health,
    discovery: { address: '127.0.0.1', port: pilot.port(), protocol: 'delta', pilotIdentity: PILOT_ID },
    secrets: {
      socket: join(dir, 'sds/socket'),
      tokenFile: join(dir, 'token/sds.json'),
      tokenFolder: join(dir, 'token'),
    },
    maxConnections: 1000,
    stats: { prefixes: [], suffixes: [], patterns: [] },
  });
}

function ready(port: number): Promise<unknown> {
  return eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, { timeoutMs: 50_000 });
}

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1] ?? 0,
  );
}

function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', () => resolve(0));
    call.end();
  });
}

function serialOf(port: number, client: Certificates): Promise<string> {
  return new Promise((resolve, reject) => {
    const { certChainPem: cert, keyPem: key, rootPem: ca } = client;
    const socket = connect(
      { host: '127.0.0.1', port, cert, key, ca, checkServerIdentity: () => undefined },
      () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}
