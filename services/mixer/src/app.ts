import { type Bus, createEventPublisher, createServiceBus, type EventPublisher } from '@quintet/bus';
import { parseIp } from '@quintet/expr';
import {
  type App,
  createAllowList,
  createGrpcServer,
  createHttpServer,
  createServiceIdentity,
  type GrpcServer,
  grpcCallRecorder,
  type HealthResult,
  type HttpServer,
  MeshError,
  PROMETHEUS_CONTENT_TYPE,
  type ServiceEnv,
  type ServiceIdentity,
} from '@quintet/runtime';
import { createMetricRegistry, type MetricRegistry } from './adapters/prometheus/registry.ts';
import type { CONFIG } from './config.ts';
import { type ConfigSource, parseConfigSource } from './config-store/config-source.ts';
import { followFiles } from './config-store/follow-files.ts';
import { followGalley } from './config-store/follow-galley.ts';
import type { FollowedConfig } from './config-store/followed-config.ts';
import { type ConfigStore, createConfigStore } from './config-store/store.ts';
import { takeOver } from './config-store/take-over.ts';
import { debugPages } from './debug-pages.ts';
import { createDispatchEvents } from './dispatch-events.ts';
import { createMixerEvents } from './events.ts';
import { METRICS, type MixerMetrics } from './metrics.ts';
import { createMixerRuntime } from './mixer-runtime.ts';
import { createShedder, type Shedder } from './overload/shedder.ts';
import { createReportQueue } from './report/report-queue.ts';
import { createEngine } from './runtime/engine.ts';
import type { Runtime } from './runtime/runtime.ts';
import { addEdges } from './server.ts';
import { createDirectory } from './workloads/directory.ts';

/** What mixer is made with. */
export type MixerEnv = ServiceEnv<(typeof CONFIG)['options']>;

/** A constructed mixer; the servers know their ports once they are started. */
export type MixerApp = App & {
  readonly server: GrpcServer;
  readonly metricsServer: HttpServer;
  readonly runtime: Runtime;
};

/** Puts mixer together. Throws `MeshError` when the flags contradict each other. */
export function createApp(env: MixerEnv): MixerApp {
  const { config, clock, log } = env;
  const source = parseConfigSource(config.configStoreUrl);
  const identity = identityOf(env, source);
  const metrics = env.metrics.create(METRICS);
  const bus = createServiceBus({ ...env, principal: 'mixer', ...(identity && { identity }) });
  const publisher = createEventPublisher({ bus, service: 'mixer', instance: env.instance, clock });
  const events = createMixerEvents({ publisher, log, clock });
  const registry = createMetricRegistry({ seriesBudget: config.metricSeriesBudget });
  metrics.series.observe((report) => report(registry.stats().series));
  metrics.droppedValues.observe((report) => report(registry.stats().dropped));
  const runtime = createMixerRuntime({
    ...{ registry, metrics, log, clock },
    cacheSize: config.numCheckCacheEntries,
    deniedNetworks: config.remoteFetchDeny,
  });
  const engine = createEngine({ runtime, clock, events: createDispatchEvents({ metrics, log, clock }) });
  const directory = createDirectory();
  const store = createConfigStore();
  const defaultNamespace = config.configDefaultNamespace;
  const configuration = followConfig(env, source, {
    ...{ identity, store, bus, publisher },
    takeOver: takeOver({ store, runtime, directory, events, metrics, defaultNamespace }),
  });
  const reports = createReportQueue({
    limit: config.reportQueueSize,
    dispatch: engine.report,
    onDrop: (count) => metrics.droppedReports.add(count),
    log,
  });
  const shedder = mixerShedder(env, metrics);
  const server = mixerServer(env, identity);
  const allow = config.insecure ? undefined : createAllowList(config.allowedIdentity);
  addEdges(server, allow, { engine, directory, reports, shedder, metrics, events });
  const metricsServer = meshMetrics(env, registry);
  const handlers = { name: 'handlers', stop: async () => runtime.close() };
  const own = identity === undefined ? [] : [identity];
  return {
    components: [...own, bus, handlers, reports, shedder, ...configuration.components, metricsServer, server],
    ready: [{ name: 'configuration', check: () => configurationHealth(runtime, configuration.connection) }],
    debugPages: debugPages({ runtime, directory, store, isSettled: configuration.isSettled }),
    server,
    metricsServer,
    runtime,
  };
}

type FollowParts = {
  readonly identity: ServiceIdentity | undefined;
  readonly store: ConfigStore;
  readonly takeOver: (collections: ReadonlySet<string>) => void;
  readonly bus: Bus;
  readonly publisher: EventPublisher;
};

function followConfig(env: MixerEnv, source: ConfigSource, parts: FollowParts): FollowedConfig {
  const { config, log, clock, random, instance } = env;
  const times = { quietMs: config.configQuietPeriod, maxMs: config.configMaxWait };
  if (source.kind === 'files') return followFiles({ source, ...times, ...parts, log, clock });
  return followGalley({
    source,
    ...times,
    ...parts,
    peers: config.galleyIdentity,
    snapshotPatienceMs: config.snapshotPatience,
    log,
    clock,
    random,
    instance,
  });
}

/** Nobody, when nothing is asked to be secure. */
function identityOf(env: MixerEnv, source: ConfigSource): ServiceIdentity | undefined {
  const { insecure } = env.config;
  const address = addressOf(env.config);
  if (insecure && !isLoopback(address)) {
    const message = `--insecure is for loopback addresses only, found --address ${address}`;
    throw new MeshError('invalid_argument', message);
  }
  const secureSource = source.kind === 'galley' && source.secure;
  return insecure && !secureSource ? undefined : createServiceIdentity(env);
}

function configurationHealth(runtime: Runtime, connection: () => HealthResult): HealthResult {
  if (runtime.current() === undefined) return { state: 'failed', detail: 'no configuration yet' };
  return connection();
}

function mixerServer(
  { config, log, clock, metrics }: MixerEnv,
  identity: ServiceIdentity | undefined,
): GrpcServer {
  return createGrpcServer({
    name: 'grpc',
    address: addressOf(config),
    maxReceiveBytes: config.maxMessageSize,
    maxConcurrentStreams: config.maxConcurrentStreams,
    ...(!config.insecure &&
      identity && { credentials: identity.serverCredentials({ clientCertificate: 'required' }) }),
    onCall: grpcCallRecorder(metrics),
    log,
    clock,
  });
}

function mixerShedder({ config, clock, log }: MixerEnv, metrics: MixerMetrics): Shedder {
  const { maxRequestsPerSecond, burstSize } = config;
  return createShedder({
    mode: config.loadsheddingMode,
    maxRequestsPerSecond,
    burst: burstSize === 0 ? maxRequestsPerSecond : burstSize,
    latencyThresholdMs: config.averageLatencyThreshold,
    halfLifeMs: config.latencySampleHalflife,
    clock,
    onThrottle: (reason) => {
      metrics.throttled.add(1, { reason });
      log.debug({ reason, mode: config.loadsheddingMode }, 'overload');
    },
  });
}

function meshMetrics({ config, log }: MixerEnv, registry: MetricRegistry): HttpServer {
  const server = createHttpServer({ name: 'mesh-metrics', address: config.metricsAddress, log });
  server.app.get('/metrics', (_request, reply) => reply.type(PROMETHEUS_CONTENT_TYPE).send(registry.text()));
  return server;
}

function addressOf({ address, port }: MixerEnv['config']): string {
  if (port === undefined) return address;
  if (!address.startsWith('unix:')) return address.replace(/:\d+$/, `:${port}`);
  throw new MeshError('invalid_argument', `--port does not go together with --address ${address}`);
}

function isLoopback(address: string): boolean {
  if (address.startsWith('unix:')) return true;
  const host = address
    .replace(/^tcp:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || host === '::1' || parseIp(host)?.[0] === 127;
}
