import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { parseIp } from '@quintet/expr';
import { createMcpSink } from '@quintet/mcp';
import {
  type App,
  createAllowList,
  createChannel,
  createGrpcServer,
  createHttpServer,
  createServiceIdentity,
  type GrpcServer,
  grpcCallRecorder,
  type HttpServer,
  MeshError,
  PROMETHEUS_CONTENT_TYPE,
  type ServiceEnv,
  type ServiceIdentity,
} from '@quintet/runtime';
import { createFetchList } from './adapters/list/fetch-list.ts';
import { createMetricRegistry, type MetricRegistry } from './adapters/prometheus/registry.ts';
import { openOutput } from './adapters/stdio/output.ts';
import type { CONFIG } from './config.ts';
import { parseConfigSource } from './config-source.ts';
import { POLICY_COLLECTIONS, WORKLOAD_COLLECTIONS } from './config-store/collections.ts';
import { createConfigUpdates } from './config-store/config-updates.ts';
import { createConfigStore } from './config-store/store.ts';
import { takeOver } from './config-store/take-over.ts';
import { debugPages } from './debug-pages.ts';
import { createDispatchEvents } from './dispatch-events.ts';
import { createMixerEvents } from './events.ts';
import { METRICS, type MixerMetrics } from './metrics.ts';
import { createShedder } from './overload/shedder.ts';
import { createReportQueue } from './report/report-queue.ts';
import { createEngine } from './runtime/engine.ts';
import { createRuntime, type Runtime } from './runtime/runtime.ts';
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

/** A full set of a collection is one message. */
const MAX_CONFIG_BYTES = 64 * 1024 * 1024;

/** Puts mixer together. Throws `MeshError` when the flags contradict each other. */
export function createApp(env: MixerEnv): MixerApp {
  const { config, clock, log, random } = env;
  if (config.insecure && !isLoopback(config.address)) {
    const message = `--insecure is for loopback addresses only, found --address ${config.address}`;
    throw new MeshError('invalid_argument', message);
  }
  const source = parseConfigSource(config.configStoreUrl);
  const identity = config.insecure && !source.secure ? undefined : createServiceIdentity(env);
  const metrics = env.metrics.create(METRICS);
  const bus = createServiceBus({ ...env, principal: 'mixer', ...(identity && { identity }) });
  const publisher = createEventPublisher({ bus, service: 'mixer', instance: env.instance, clock });
  const events = createMixerEvents({ publisher, log, clock });
  const registry = createMetricRegistry({ seriesBudget: config.metricSeriesBudget });
  metrics.series.observe((report) => report(registry.stats().series));
  metrics.droppedValues.observe((report) => report(registry.stats().dropped));
  const runtime = mixerRuntime(env, metrics, registry);
  const engine = createEngine({ runtime, clock, events: createDispatchEvents({ metrics, log, clock }) });
  const directory = createDirectory();
  const store = createConfigStore();
  const updates = createConfigUpdates({
    ...{ store, clock, log },
    quietMs: config.configQuietPeriod,
    maxMs: config.configMaxWait,
    complete: () => sink.synced,
    takeOver: takeOver({
      ...{ store, runtime, directory, events, metrics },
      defaultNamespace: config.configDefaultNamespace,
    }),
  });
  const channel = createChannel({
    address: source.address,
    maxReceiveBytes: MAX_CONFIG_BYTES,
    ...(source.secure &&
      identity && { credentials: identity.channelCredentials({ peers: config.galleyIdentity }) }),
  });
  const sink = createMcpSink({
    channel,
    collections: [...POLICY_COLLECTIONS, ...WORKLOAD_COLLECTIONS],
    node: { id: env.instance },
    onChange: updates.onChange,
    ...{ log, clock, random },
  });
  const reports = createReportQueue({
    limit: config.reportQueueSize,
    dispatch: engine.report,
    onDrop: (count) => metrics.droppedReports.add(count),
    log,
  });
  const shedder = mixerShedder(env, metrics);
  const server = createGrpcServer({
    name: 'grpc',
    address: config.address,
    maxReceiveBytes: config.maxMessageSize,
    maxConcurrentStreams: config.maxConcurrentStreams,
    ...(config.insecure ? {} : secureServer(identity)),
    onCall: grpcCallRecorder(env.metrics),
    log,
    clock,
  });
  const allow = config.insecure ? undefined : createAllowList(config.allowedIdentity);
  addEdges(server, allow, { engine, directory, reports, shedder, metrics, events });
  const metricsServer = meshMetrics(env, registry);
  return {
    components: [
      ...(identity === undefined ? [] : [identity]),
      bus,
      { name: 'channel', stop: async () => channel.close() },
      { name: 'handlers', stop: async () => runtime.close() },
      reports,
      shedder,
      updates,
      sink,
      metricsServer,
      server,
    ],
    ready: [
      {
        name: 'configuration',
        check: () => {
          if (runtime.current() === undefined) return { state: 'failed', detail: 'no configuration yet' };
          return sink.isConnected()
            ? { state: 'ok' }
            : { state: 'degraded', detail: 'galley is away; the last configuration stays' };
        },
      },
    ],
    debugPages: debugPages(runtime, directory),
    server,
    metricsServer,
    runtime,
  };
}

function mixerRuntime(
  { config, log, clock }: MixerEnv,
  metrics: MixerMetrics,
  registry: MetricRegistry,
): Runtime {
  const fetchList = createFetchList({ deny: config.remoteFetchDeny });
  return createRuntime({
    cacheSize: config.numCheckCacheEntries,
    cacheEvents: {
      hit: () => metrics.cacheHits.add(1),
      miss: () => metrics.cacheMisses.add(1),
      write: () => metrics.cacheWrites.add(1),
      evict: () => metrics.cacheEvictions.add(1),
    },
    envFor: (name) => ({
      name,
      log: log.child({ handler: name }),
      clock,
      metrics: registry,
      fetchList,
      openOutput,
    }),
    events: {
      built: () => metrics.newHandlers.add(1),
      reused: () => metrics.reusedHandlers.add(1),
      closed: () => metrics.closedHandlers.add(1),
      buildFailed: (handler, error) => {
        metrics.handlerBuildFailures.add(1);
        log.error({ handler, err: error }, 'handler could not be built');
      },
      closeFailed: (handler, error) => {
        metrics.handlerCloseFailures.add(1);
        log.error({ handler, err: error }, 'handler could not be closed');
      },
    },
  });
}

function mixerShedder({ config, clock, log }: MixerEnv, metrics: MixerMetrics) {
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

function secureServer(identity: ServiceIdentity | undefined) {
  return identity && { credentials: identity.serverCredentials({ clientCertificate: 'required' }) };
}

function isLoopback(address: string): boolean {
  if (address.startsWith('unix:')) return true;
  const host = address
    .replace(/^tcp:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || host === '::1' || parseIp(host)?.[0] === 127;
}
