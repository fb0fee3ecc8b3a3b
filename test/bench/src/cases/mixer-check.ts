import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { type Client, credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import {
  type CheckRequest,
  CheckRequestSchema,
} from '@quintet/proto/envoy/service/auth/v3/external_auth_pb.js';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import type { BenchCase, BenchContext } from '../bench-case.ts';
import { median, percentile } from '../measure/percentile.ts';
import { type ServiceProcess, startService } from '../measure/service-process.ts';

const CONNECTIONS = 4;
const CONCURRENT = 32;
const WARM_UP = 5000;
const COUNT = 20_000;
const PATH = '/envoy.service.auth.v3.Authorization/Check';

/** Everything is refused. */
const DENIER = `apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: { name: deny, namespace: istio-system }
spec: { compiledAdapter: denier, params: { status: { code: 7, message: Not allowed } } }
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: { name: deny, namespace: istio-system }
spec: { compiledTemplate: checknothing }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: deny, namespace: istio-system }
spec: { actions: [{ handler: deny, instances: [deny] }] }
`;

export const mixerCheck: BenchCase = {
  name: 'mixer-check',
  about: `Mixer in a process of its own, in plaintext, with a rule whose denier refuses everything; ${COUNT} ext_authz Checks of an HTTP request over ${CONNECTIONS} connections, ${CONCURRENT} at a time, after ${WARM_UP} unmeasured ones. The client takes a core's worth of time besides.`,
  async run(context) {
    const temp = await makeTempDir('bench');
    const stops: (() => Promise<void>)[] = [temp.remove];
    try {
      const { mixer, address } = await startMixer(context, temp.path, (stop) => stops.unshift(stop));
      return await measure(mixer, address);
    } finally {
      for (const stop of stops) await stop();
    }
  },
};

async function startMixer(
  { nodePath }: BenchContext,
  folder: string,
  onStop: (stop: () => Promise<void>) => void,
): Promise<{ readonly mixer: ServiceProcess; readonly address: string }> {
  const config = join(folder, 'config');
  await mkdir(config);
  await writeFile(join(config, 'deny.yaml'), DENIER);
  const [mcp, address] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const galleyFlags = ['--insecure', `--server-address=tcp://${mcp}`, `--configPath=${config}`];
  const galley = await startService({ nodePath, service: 'galley', flags: galleyFlags });
  onStop(galley.stop);
  const mixerFlags = ['--insecure', `--address=tcp://${address}`, `--configStoreURL=mcp://${mcp}`];
  const metrics = `--metrics-address=tcp://127.0.0.1:${await freePort()}`;
  const mixer = await startService({ nodePath, service: 'mixer', flags: [...mixerFlags, metrics] });
  onStop(mixer.stop);
  await galley.ready();
  await mixer.ready();
  return { mixer, address };
}

async function measure(mixer: ServiceProcess, address: string) {
  const clients = Array.from({ length: CONNECTIONS }, () => connect(address));
  const request = Buffer.from(toBinary(CheckRequestSchema, question()));
  await eventually(async () => (await check(clients[0], request)).includes('Not allowed'));
  await manyChecks(clients, request, WARM_UP);
  const before = mixer.usage();
  const start = performance.now();
  const latencies = await manyChecks(clients, request, COUNT);
  const tookMs = performance.now() - start;
  const after = mixer.usage();
  for (const client of clients) client.close();
  const cpuUs = ((after.cpuMs - before.cpuMs) * 1000) / COUNT;
  return [
    {
      what: 'checks',
      value: (COUNT * 1000) / tookMs,
      unit: 'per second',
      note: 'mixer 1.4: 12200 on two cores',
    },
    { what: 'one check, CPU of mixer', value: cpuUs, unit: 'us', note: 'mixer 1.4: 60' },
    { what: 'checks of one core of mixer', value: 1e6 / cpuUs, unit: 'per second' },
    { what: 'latency at the client, median', value: median(latencies), unit: 'ms' },
    { what: 'latency at the client, p99', value: percentile(latencies, 0.99), unit: 'ms' },
    { what: 'resident memory of mixer', value: after.rss / 1024 ** 2, unit: 'MB' },
  ] as const;
}

const AuthorizationClient = makeGenericClientConstructor({}, 'Authorization');

function connect(address: string): Client {
  return new AuthorizationClient(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
}

/** Answers the response undecoded: the client's own work is to be small. */
function check(client: Client | undefined, request: Buffer): Promise<Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve, reject) => {
    client?.makeUnaryRequest(PATH, same, same, request, (error, answer) =>
      error !== null || answer === undefined ? reject(error) : resolve(answer),
    );
  });
}

/** Milliseconds that each took. */
async function manyChecks(clients: readonly Client[], request: Buffer, count: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  const worker = async (client: Client | undefined): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const start = performance.now();
      await check(client, request);
      latencies.push(performance.now() - start);
    }
  };
  const workers = Array.from({ length: CONCURRENT }, (_, index) => worker(clients[index % CONNECTIONS]));
  await Promise.all(workers);
  return latencies;
}

/** What the inbound Envoy of a workload asks. */
function question(): CheckRequest {
  const address = (ip: string, port: number) => ({
    address: {
      case: 'socketAddress' as const,
      value: { address: ip, portSpecifier: { case: 'portValue' as const, value: port } },
    },
  });
  const identity = (account: string) => `spiffe://cluster.local/ns/default/sa/bookinfo-${account}`;
  return create(CheckRequestSchema, {
    attributes: {
      source: { address: address('10.0.0.2', 40_000), principal: identity('productpage') },
      destination: { address: address('10.0.0.3', 9080), principal: identity('reviews') },
      request: {
        http: {
          ...{ method: 'GET', path: '/reviews/1', host: 'reviews:9080', scheme: 'http', size: 0n },
          headers: {
            'user-agent': 'bench/1',
            accept: '*/*',
            'x-request-id': '6f1a1e7a-7f43-4a0c-9bbf-1a2b3c4d5e6f',
            'x-forwarded-proto': 'http',
          },
        },
      },
      contextExtensions: {
        'context.reporter.kind': 'inbound',
        'destination.uid': 'kubernetes://reviews-v3.default',
        'destination.namespace': 'default',
        'destination.service.host': 'reviews.default.svc.cluster.local',
        'destination.service.name': 'reviews',
        'destination.service.namespace': 'default',
      },
    },
  });
}
