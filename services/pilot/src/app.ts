import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { createMcpSink, MCP_WINDOW_BYTES, type McpSink, sinkFallback } from '@quintet/mcp';
import { formatIssue } from '@quintet/model';
import { ADMIN_CLUSTER, SDS_CLUSTER, XDS_CLUSTER } from '@quintet/proxy';
import {
  type App,
  type Channel,
  type Component,
  createAllowList,
  createChannel,
  createServiceIdentity,
  type DebugPage,
  type GrpcServer,
  type HealthCheck,
  type HttpServer,
  MeshError,
  readTextFile,
  type ServiceEnv,
  type ServiceIdentity,
} from '@quintet/runtime';
import { COLLECTIONS, OPTIONAL_COLLECTIONS } from './collections.ts';
import type { CONFIG } from './config.ts';
import { debugPages } from './debug/debug-pages.ts';
import { createDebugServer } from './debug/debug-server.ts';
import { createDistributionReport } from './distribution/report.ts';
import { createMeshGenerator } from './generate/mesh-generator.ts';
import { METRICS } from './metrics.ts';
import { createPilot, type Pilot } from './pilot.ts';
import { createXdsServer, isLoopback } from './server.ts';
import { statusReply } from './status/status-reply.ts';
import { type Refusal, refusedMesh } from './store/refusal.ts';

/** What pilot is made with. */
export type PilotEnv = ServiceEnv<(typeof CONFIG)['options']>;

/** A constructed pilot; the servers know their ports once they are started. */
export type PilotApp = App & {
  readonly pilot: Pilot;
  readonly secure: GrpcServer | undefined;
  readonly plaintext: GrpcServer | undefined;
  readonly debug: HttpServer | undefined;
};

/** Puts pilot together. Throws `MeshError` when the flags contradict each other. */
export async function createApp(env: PilotEnv): Promise<PilotApp> {
  const { config, clock, log, instance } = env;
  const identity = needsIdentity(config) ? createServiceIdentity(env) : undefined;
  const bus = createServiceBus({ ...env, principal: 'pilot', ...(identity && { identity }) });
  const events = createEventPublisher({ bus, service: 'pilot', instance, clock });
  const pilot: Pilot = createPilot({
    generator: createMeshGenerator(config),
    staticClusters: new Set([XDS_CLUSTER, SDS_CLUSTER, ADMIN_CLUSTER]),
    isSynced: () => sink.isSynced(),
    debounceMs: config.debounceAfter,
    debounceMaxMs: config.debounceMax,
    patienceMs: config.ackTimeout,
    metrics: env.metrics.create(METRICS),
    events,
    log,
    clock,
  });
  const channel = openChannel(env, identity);
  const sink = createMcpSink({
    name: 'mcp',
    channel,
    collections: COLLECTIONS,
    optional: OPTIONAL_COLLECTIONS,
    node: { id: `pilot~${instance}` },
    onChange: pilot.apply,
    log: log.child({ component: 'mcp' }),
    clock,
    random: env.random,
    ...sinkFallback({
      ...{ events, log, clock },
      objects: bus.objects('snapshot'),
      identity: config.mcpInsecure ? undefined : identity,
      signers: config.mcpIdentity,
      patienceMs: config.snapshotPatience,
    }),
  });
  const pages = debugPages(pilot);
  const servers = await openServers(env, pilot, { identity, pages });
  return {
    components: [
      ...present(identity),
      bus,
      statusResponder(bus, pilot, instance),
      createDistributionReport({
        ...{ instance, bus, clock },
        published: pilot.published,
        proxies: pilot.progress,
        log: log.child({ component: 'distribution' }),
      }),
      mcpComponent(sink, channel, pilot),
      ...present(servers.secure),
      ...present(servers.plaintext),
      ...present(servers.debug),
    ],
    ready: [configurationCheck(pilot, sink)],
    debugPages: pages,
    pilot,
    ...servers,
  };
}

type ServerParts = {
  readonly identity: ServiceIdentity | undefined;
  readonly pages: readonly DebugPage[];
};

/** The ports that the flags ask for; none listens yet. */
async function openServers(env: PilotEnv, pilot: Pilot, { identity, pages }: ServerParts) {
  const { config, log, clock } = env;
  const token = config.debugTokenFile && (await readTextFile(config.debugTokenFile)).trim();
  const isReady = () => pilot.publisher.revision() > 0;
  const address = config.httpAddr;
  return {
    secure: config.secureGrpcAddr === '' ? undefined : openSecure(env, pilot, identity),
    plaintext: config.grpcAddr === '' ? undefined : openPlaintext(env, pilot),
    debug: address === '' ? undefined : createDebugServer({ address, pages, token, isReady, log, clock }),
  };
}

type Config = PilotEnv['config'];

function needsIdentity({ secureGrpcAddr, mcpInsecure }: Config): boolean {
  return secureGrpcAddr !== '' || !mcpInsecure;
}

function openChannel({ config }: PilotEnv, identity: ServiceIdentity | undefined): Channel {
  const { mcpAddress: address, mcpInsecure, mcpIdentity: peers, mcpMaxMessageSize: maxReceiveBytes } = config;
  if (mcpInsecure && !isLoopback(address)) {
    const message = `--mcp-insecure is for loopback addresses only, found --mcp-address ${address}`;
    throw new MeshError('invalid_argument', message);
  }
  const limits = { maxReceiveBytes, windowBytes: MCP_WINDOW_BYTES };
  if (mcpInsecure || identity === undefined) return createChannel({ address, ...limits });
  return createChannel({ address, ...limits, credentials: identity.channelCredentials({ peers }) });
}

function openSecure({ config, log, clock }: PilotEnv, pilot: Pilot, identity: ServiceIdentity | undefined) {
  if (identity === undefined) throw new TypeError('a secure port needs an identity');
  return createXdsServer({
    name: 'xds',
    address: config.secureGrpcAddr,
    discovery: pilot.secure,
    secure: { identity, allow: createAllowList([`spiffe://${config.trustDomain}/ns/*/sa/*`]) },
    slowReaderMs: config.sendTimeout,
    maxStreams: config.maxStreams,
    log,
    clock,
  });
}

function openPlaintext({ config, log, clock }: PilotEnv, pilot: Pilot) {
  return createXdsServer({
    name: 'xds-plaintext',
    address: config.grpcAddr,
    discovery: pilot.plaintext,
    slowReaderMs: config.sendTimeout,
    maxStreams: config.maxStreams,
    log,
    clock,
  });
}

/** Nothing is handed out before galley's first complete set, and it may be the last collection that is empty. */
function mcpComponent(sink: McpSink, channel: Channel, pilot: Pilot): Component {
  return {
    ...sink,
    async start() {
      await sink.start?.();
      void sink.synced.then(pilot.synced);
    },
    async stop(signal) {
      pilot.stop();
      await sink.stop?.(signal);
      channel.close();
    },
  };
}

/** Answers for the proxies of this replica whoever asks on the bus. */
function statusResponder(
  bus: ReturnType<typeof createServiceBus>,
  pilot: Pilot,
  instance: string,
): Component {
  let stop: () => void = () => {};
  return {
    name: 'status',
    start() {
      const { stop: end } = bus.respond('proxyStatus', ({ nodeId }) =>
        statusReply({ instance, nodeId, proxies: pilot.proxies(), describe: pilot.describe }),
      );
      stop = end;
    },
    stop: () => stop(),
  };
}

/** Without galley pilot goes on with what it has; before the first complete set it has nothing. */
function configurationCheck({ publisher, store }: Pilot, sink: McpSink): HealthCheck {
  return {
    name: 'configuration',
    check() {
      if (publisher.revision() === 0) return { state: 'failed', detail: whyNothingYet(store.refusals()) };
      if (sink.isFallback())
        return { state: 'degraded', detail: 'from the snapshot on the bus: galley cannot be reached' };
      return sink.isConnected() ? { state: 'ok' } : { state: 'degraded', detail: 'not connected to galley' };
    },
  };
}

function whyNothingYet(refusals: readonly Refusal[]): string {
  const [issue] = refusedMesh(refusals)?.issues ?? [];
  return issue === undefined ? 'no complete configuration from galley yet' : formatIssue(issue);
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
