import { BUS_OPTIONS } from '@quintet/bus';
import { defineConfig, IDENTITY_OPTIONS } from '@quintet/runtime';
import { DEFAULT_DENIED_NETWORKS } from './adapters/list/deny-list.ts';
import { CLASSIC_FLAGS } from './classic-flags.ts';

/** Flags of mixer; classic names where the classic flag exists. */
export const CONFIG = defineConfig({
  description: 'Mixer decides about requests (Check) and takes telemetry (Report).',
  classic: CLASSIC_FLAGS,
  options: {
    address: {
      type: 'string',
      flag: 'address',
      default: 'tcp://0.0.0.0:9091',
      description: 'address for Check and Report of proxies (gRPC)',
    },
    port: {
      type: 'int',
      flag: 'port',
      short: 'p',
      min: 0,
      max: 65_535,
      description: 'port for Check and Report; wins over the port of --address',
    },
    metricsAddress: {
      type: 'string',
      flag: 'metrics-address',
      default: 'tcp://0.0.0.0:42422',
      description: 'address on which Prometheus fetches the metrics of the mesh',
    },
    configStoreUrl: {
      type: 'string',
      flag: 'configStoreURL',
      default: 'mcps://istio-galley.istio-system:9901',
      description:
        'where configuration comes from: mcps://host:port with mTLS, mcp://host:port in plaintext, fs:///directory',
    },
    galleyIdentity: {
      type: 'list',
      flag: 'galley-identity',
      default: ['spiffe://cluster.local/ns/istio-system/sa/istio-galley-service-account'],
      description: 'SPIFFE ids that the source of configuration may have',
    },
    configDefaultNamespace: {
      type: 'string',
      flag: 'configDefaultNamespace',
      default: 'istio-system',
      description: 'namespace whose rules hold for requests of every namespace',
    },
    snapshotPatience: {
      type: 'duration',
      flag: 'snapshot-patience',
      default: '2s',
      description:
        'how long galley may be out of reach at the start before its last configuration is taken from the bus; 0s never takes it',
    },
    configQuietPeriod: {
      type: 'duration',
      flag: 'config-quiet-period',
      default: '100ms',
      description: 'how long configuration must not change before it is put to work',
    },
    configMaxWait: {
      type: 'duration',
      flag: 'config-max-wait',
      default: '1s',
      description: 'when configuration is put to work at the latest, while it goes on changing',
    },
    insecure: {
      type: 'bool',
      flag: 'insecure',
      description: 'Check and Report in plaintext without identities; only on a loopback address',
    },
    allowedIdentity: {
      type: 'list',
      flag: 'allowed-identity',
      default: ['spiffe://cluster.local/ns/*/sa/*'],
      description: 'SPIFFE ids that may ask and report; a star stands for one segment',
    },
    maxMessageSize: {
      type: 'size',
      flag: 'maxMessageSize',
      default: '1MiB',
      description: 'largest message of a proxy',
    },
    maxConcurrentStreams: {
      type: 'int',
      flag: 'maxConcurrentStreams',
      default: 1024,
      min: 1,
      description: 'streams of one connection',
    },
    numCheckCacheEntries: {
      type: 'int',
      flag: 'numCheckCacheEntries',
      default: 100_000,
      min: 0,
      description: 'answers of checks that are remembered; 0 remembers none',
    },
    reportQueueSize: {
      type: 'int',
      flag: 'report-queue-size',
      default: 50_000,
      min: 1,
      description: 'reports that may wait to be dispatched; more are dropped and counted',
    },
    metricSeriesBudget: {
      type: 'int',
      flag: 'metric-series-budget',
      default: 20_000,
      min: 1,
      description:
        'series that one metric of the prometheus adapter may have; values of more are dropped and counted',
    },
    remoteFetchDeny: {
      type: 'list',
      flag: 'remote-fetch-deny',
      default: [...DEFAULT_DENIED_NETWORKS],
      description: 'networks from which lists are never fetched',
    },
    loadsheddingMode: {
      type: 'enum',
      flag: 'loadsheddingMode',
      values: ['disabled', 'logonly', 'enforce'],
      default: 'disabled',
      description: 'what happens to requests under overload',
    },
    averageLatencyThreshold: {
      type: 'duration',
      flag: 'averageLatencyThreshold',
      default: '0s',
      description: 'average wait for the processor above which requests are turned away; 0 for no limit',
    },
    latencySampleHalflife: {
      type: 'duration',
      flag: 'latencySampleHalflife',
      default: '1s',
      description: 'time in which a sample of the wait loses half of its weight',
    },
    maxRequestsPerSecond: {
      type: 'int',
      flag: 'maxRequestsPerSecond',
      default: 0,
      min: 0,
      description: 'requests a second above which requests are turned away; 0 for no limit',
    },
    burstSize: {
      type: 'int',
      flag: 'burstSize',
      default: 0,
      min: 0,
      description: 'requests above the rate that may come at once; 0 means the requests of one second',
    },
    ...IDENTITY_OPTIONS,
    ...BUS_OPTIONS,
  },
});
