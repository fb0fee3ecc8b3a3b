import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import { SecretDiscoveryService } from '@quintet/proto/envoy/service/secret/v3/sds_pb.js';
import { createGrpcServer, silentLog } from '@quintet/runtime';
import { ENVOY, eventually, findTool, makeTempDir } from '@quintet/testkit';
import { createDiscovery, type Form, type WireSet } from '@quintet/xds';

export type Verdicts = {
  /** The text of every refusal, with its type. */
  readonly refusals: readonly string[];
  /** Type URLs whose whole set Envoy accepted. */
  readonly accepted: readonly string[];
};

/**
 * Starts an Envoy that is fed one set, and waits until it accepted all types it asked for, or refused one.
 * An Envoy that does neither within 15 s fails with its log.
 */
export async function feedEnvoy(options: {
  readonly resources: WireSet;
  readonly secrets: WireSet;
  readonly form: Form;
}): Promise<Verdicts> {
  const temp = await makeTempDir();
  const refusals: string[] = [];
  const discovery = createDiscovery({
    source: {
      attach: () => ({
        current: () => new Map([...options.resources, ...options.secrets]),
        subscribe: () => () => undefined,
      }),
    },
    observer: {
      event(_stream, event) {
        if (event.kind === 'nacked') refusals.push(`${event.typeUrl}: ${event.error}`);
      },
    },
  });
  const server = createGrpcServer({ name: 'xds', address: 'tcp://127.0.0.1:0', log: silentLog });
  server.add(AggregatedDiscoveryService, discovery.aggregated);
  server.add(SecretDiscoveryService, discovery.secrets);
  await server.start?.();
  const config = join(temp.path, 'envoy.json');
  await writeFile(config, JSON.stringify(bootstrap(server.port(), options.form)));
  const log = join(temp.path, 'envoy.log');
  const envoy = await startEnvoy(config, log);
  const acceptedTypes = () =>
    discovery
      .streams()
      .flatMap((stream) => stream.status())
      .filter(({ typeUrl, ackedVersion }) => ackedVersion === options.resources.get(typeUrl)?.version)
      .map(({ typeUrl }) => typeUrl);
  try {
    await eventually(
      () =>
        refusals.length > 0 || wantedTypes(options.resources).every((type) => acceptedTypes().includes(type)),
      {
        timeoutMs: 15_000,
      },
    ).catch((cause: unknown) => {
      const state = JSON.stringify(
        discovery.streams().flatMap((stream) => stream.status()),
        undefined,
        1,
      );
      throw new Error(`no verdict\n${state}\n${readFileSync(log, 'utf8')}`, { cause });
    });
    return { refusals, accepted: acceptedTypes() };
  } finally {
    await end(envoy);
    await server.stop?.(AbortSignal.timeout(2000));
    await temp.remove();
  }
}

/** Types with something in them: Envoy does not ask for endpoints or routes that nothing names. */
function wantedTypes(resources: WireSet): string[] {
  return [...resources].filter(([, type]) => type.resources.size > 0).map(([typeUrl]) => typeUrl);
}

/** Envoy opens `/dev/stdout` by name for access logs: that works with a file, not with the socket of a pipe. */
async function startEnvoy(config: string, log: string): Promise<ChildProcess> {
  const file = await open(log, 'w');
  const flags = ['--disable-hot-restart', '--concurrency', '1', '-l', 'warning'];
  const envoy = spawn(await findTool(ENVOY), ['-c', config, ...flags], {
    stdio: ['ignore', file.fd, file.fd],
  });
  await file.close();
  return envoy;
}

async function end(envoy: ChildProcess): Promise<void> {
  if (envoy.exitCode !== null) return;
  const ended = once(envoy, 'exit');
  envoy.kill('SIGKILL');
  await ended;
}

/** A bootstrap that takes everything by one stream from `port`. */
export function bootstrap(port: number | undefined, form: Form): object {
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  const http2 = {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  };
  const cluster = (name: string) => ({
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: http2,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  });
  const ads = { resource_api_version: 'V3', ads: {} };
  return {
    node: { id: 'golden', cluster: 'golden' },
    dynamic_resources: {
      ads_config: {
        api_type: form === 'delta' ? 'DELTA_GRPC' : 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc', authority: 'xds' } }],
      },
      cds_config: ads,
      lds_config: ads,
    },
    static_resources: { clusters: [cluster('xds-grpc'), cluster('sds-grpc')] },
  };
}
