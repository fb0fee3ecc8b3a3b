import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { ParamsSchema as Bypass } from '@quintet/proto/adapter/bypass/config/config_pb.js';
import { ParamsSchema as Circonus } from '@quintet/proto/adapter/circonus/config/config_pb.js';
import { ParamsSchema as CloudWatch } from '@quintet/proto/adapter/cloudwatch/config/config_pb.js';
import { ParamsSchema as Denier } from '@quintet/proto/adapter/denier/config/config_pb.js';
import { ParamsSchema as DogStatsD } from '@quintet/proto/adapter/dogstatsd/config/config_pb.js';
import { ParamsSchema as FluentD } from '@quintet/proto/adapter/fluentd/config/config_pb.js';
import { ParamsSchema as KubernetesEnv } from '@quintet/proto/adapter/kubernetesenv/config/config_pb.js';
import { ParamsSchema as List } from '@quintet/proto/adapter/list/config/config_pb.js';
import { ParamsSchema as MemQuota } from '@quintet/proto/adapter/memquota/config/config_pb.js';
import { ParamsSchema as Opa } from '@quintet/proto/adapter/opa/config/config_pb.js';
import { ParamsSchema as Prometheus } from '@quintet/proto/adapter/prometheus/config/config_pb.js';
import { ParamsSchema as RedisQuota } from '@quintet/proto/adapter/redisquota/config/config_pb.js';
import { ParamsSchema as SolarWinds } from '@quintet/proto/adapter/solarwinds/config/config_pb.js';
import { ParamsSchema as Stackdriver } from '@quintet/proto/adapter/stackdriver/config/config_pb.js';
import { ParamsSchema as StatsD } from '@quintet/proto/adapter/statsd/config/config_pb.js';
import { ParamsSchema as Stdio } from '@quintet/proto/adapter/stdio/config/config_pb.js';
import { ParamsSchema as Zipkin } from '@quintet/proto/adapter/zipkin/config/config_pb.js';
import { defineAdapter, type MixerAdapter } from './adapter.ts';
import { denierProblems } from './adapters/denier.ts';
import { negative, negativeNumber, noShare } from './adapters/duration-problems.ts';
import { listProblems } from './adapters/list.ts';
import { prometheusProblems } from './adapters/prometheus.ts';
import { memQuotaProblems, redisQuotaProblems } from './adapters/quotas.ts';
import {
  circonusProblems,
  cloudWatchProblems,
  dogStatsDProblems,
  fluentDProblems,
  statsDProblems,
} from './adapters/senders.ts';
import { CLASSIC_TEMPLATES } from './classic-templates.ts';

const ROWS: readonly MixerAdapter[] = [
  defineAdapter({
    name: 'bypass',
    templates: ['checknothing', 'reportnothing', 'metric', 'quota'],
    params: Bypass,
    problems: ({ backendAddress }) =>
      backendAddress === '' ? [{ path: 'backendAddress', message: 'expected an address, found none' }] : [],
  }),
  defineAdapter({ name: 'circonus', templates: ['metric'], params: Circonus, problems: circonusProblems }),
  defineAdapter({
    name: 'cloudwatch',
    templates: ['metric', 'logentry'],
    params: CloudWatch,
    problems: cloudWatchProblems,
  }),
  defineAdapter({
    name: 'denier',
    templates: ['checknothing', 'listentry', 'quota'],
    params: Denier,
    problems: denierProblems,
  }),
  defineAdapter({ name: 'dogstatsd', templates: ['metric'], params: DogStatsD, problems: dogStatsDProblems }),
  defineAdapter({ name: 'fluentd', templates: ['logentry'], params: FluentD, problems: fluentDProblems }),
  defineAdapter({
    name: 'kubernetesenv',
    templates: ['kubernetes'],
    params: KubernetesEnv,
    problems: ({ cacheRefreshDuration }) => negative(cacheRefreshDuration, 'cacheRefreshDuration'),
  }),
  defineAdapter({ name: 'listchecker', templates: ['listentry'], params: List, problems: listProblems }),
  defineAdapter({ name: 'memquota', templates: ['quota'], params: MemQuota, problems: memQuotaProblems }),
  defineAdapter({ name: 'noop', templates: [...CLASSIC_TEMPLATES.keys()], params: EmptySchema }),
  defineAdapter({ name: 'opa', templates: ['authorization'], params: Opa }),
  defineAdapter({
    name: 'prometheus',
    templates: ['metric'],
    params: Prometheus,
    problems: prometheusProblems,
  }),
  defineAdapter({
    name: 'redisquota',
    templates: ['quota'],
    params: RedisQuota,
    problems: redisQuotaProblems,
  }),
  defineAdapter({
    name: 'solarwinds',
    templates: ['metric', 'logentry'],
    params: SolarWinds,
    problems: ({ appopticsBatchSize, papertrailLocalRetentionDuration }) => [
      ...negativeNumber(appopticsBatchSize, 'appopticsBatchSize'),
      ...negative(papertrailLocalRetentionDuration, 'papertrailLocalRetentionDuration'),
    ],
  }),
  defineAdapter({
    name: 'stackdriver',
    templates: ['edge', 'logentry', 'metric', 'tracespan'],
    params: Stackdriver,
    problems: ({ pushInterval, trace }) => [
      ...negative(pushInterval, 'pushInterval'),
      ...noShare(trace?.sampleProbability ?? 0, 'trace.sampleProbability'),
    ],
  }),
  defineAdapter({ name: 'statsd', templates: ['metric'], params: StatsD, problems: statsDProblems }),
  defineAdapter({ name: 'stdio', templates: ['logentry', 'metric'], params: Stdio }),
  defineAdapter({
    name: 'zipkin',
    templates: ['tracespan'],
    params: Zipkin,
    problems: ({ sampleProbability }) => noShare(sampleProbability, 'sampleProbability'),
  }),
];

/** The adapters of the classic mixer by the name of `compiledAdapter`, which is that of the first API's kind too. */
export const CLASSIC_ADAPTERS: ReadonlyMap<string, MixerAdapter> = new Map(
  ROWS.map((row) => [row.name, row]),
);

/** Kinds of the first API whose adapters the classic mixer dropped: nobody knows their parameters any more. */
const DROPPED = ['rbac', 'signalfx'];

/** The adapter that a kind of the first API is made for; undefined for kinds that are none. */
export function adapterOfLegacyKind(kind: string): MixerAdapter | undefined {
  if (!DROPPED.includes(kind)) return CLASSIC_ADAPTERS.get(kind);
  return { name: kind, templates: [...CLASSIC_TEMPLATES.keys()], problems: () => [] };
}
