import { LEGACY_MIXER_KINDS } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { adapterOfLegacyKind, CLASSIC_ADAPTERS } from './classic-adapters.ts';
import { CLASSIC_TEMPLATES } from './classic-templates.ts';
import { mixerObjectFindings } from './object-findings.ts';
import { mixerObjects, mixerYaml, told } from './testing-config.ts';

/** What is found about a handler of today's kind and about the same of the first API. */
function findingsOf(adapter: string, params: unknown): { now: readonly string[]; first: readonly string[] } {
  const of = (document: string) =>
    mixerObjects(document).flatMap((object) => told(mixerObjectFindings(object)));
  return {
    now: of(mixerYaml('handler', 'x', { compiledAdapter: adapter, params })),
    first: of(mixerYaml(adapter, 'x', params)),
  };
}

const METRIC = {
  name: 'requests',
  instance_name: 'r.instance.istio-system',
  kind: 'COUNTER',
  label_names: ['a'],
};

const RIGHT: readonly (readonly [adapter: string, params: unknown])[] = [
  ['bypass', { backendAddress: 'backend:50051' }],
  ['circonus', { submission_url: 'https://api.circonus.com/x', metrics: [{ name: 'm', type: 'GAUGE' }] }],
  [
    'cloudwatch',
    {
      namespace: 'n',
      metric_info: { m: { unit: 'Milliseconds' } },
      logGroupName: 'g',
      log_stream_name: 's',
      logs: { l: {} },
    },
  ],
  ['denier', { status: { code: 7, message: 'no' }, valid_duration: '5s', validUseCount: 10 }],
  [
    'dogstatsd',
    { address: 'h:8125', sample_rate: 0.5, metrics: { m: { type: 'COUNTER', tags: { a: 'b' } } } },
  ],
  ['fluentd', { address: 'h:24224', integerDuration: true, push_interval_duration: '1m' }],
  ['kubernetesenv', { cache_refresh_duration: '5m', clusterRegistriesNamespace: 'x' }],
  ['listchecker', { overrides: ['10.0.0.0/8', '::1'], entryType: 'IP_ADDRESSES', blacklist: true }],
  [
    'memquota',
    {
      quotas: [
        {
          name: 'q',
          max_amount: '500',
          validDuration: '1s',
          overrides: [{ dimensions: { a: 'b' }, max_amount: 1 }],
        },
      ],
    },
  ],
  ['noop', {}],
  ['opa', { policy: ['package x'], checkMethod: 'data.x.allow', failClose: true }],
  ['prometheus', { metrics: [METRIC], metrics_expiration_policy: { metrics_expiry_duration: '10m' } }],
  [
    'prometheus',
    { metrics: [{ ...METRIC, kind: 'DISTRIBUTION', buckets: { explicit_buckets: { bounds: [0.1, 1] } } }] },
  ],
  [
    'redisquota',
    {
      redisServerUrl: 'r:6379',
      quotas: [
        {
          name: 'q',
          maxAmount: 5,
          validDuration: '10s',
          bucketDuration: '1s',
          rateLimitAlgorithm: 'ROLLING_WINDOW',
        },
      ],
    },
  ],
  ['solarwinds', { appopticsBatchSize: 10, papertrail_url: 'x:1', metrics: { m: { label_names: ['a'] } } }],
  [
    'stackdriver',
    {
      project_id: 'p',
      metricInfo: { m: { kind: 'GAUGE', value: 'INT64' } },
      trace: { sampleProbability: 1 },
    },
  ],
  [
    'statsd',
    { address: 'h:8125', flushDuration: '300ms', samplingRate: 1, metrics: { m: { type: 'COUNTER' } } },
  ],
  ['stdio', { severity_levels: { warn: 'WARNING' }, outputAsJson: true, log_stream: 'STDERR' }],
  ['zipkin', { url: 'http://z', sampleProbability: 0.01 }],
];

const WRONG: readonly (readonly [adapter: string, params: unknown, path: string, says: string])[] = [
  ['bypass', {}, 'backendAddress', 'found none'],
  [
    'circonus',
    { submissionUrl: 'https://x', submissionInterval: '10ms' },
    'submissionInterval',
    'at least 1s',
  ],
  ['cloudwatch', { metric_info: { m: { unit: 'Hours' } } }, 'metric_info.m.unit', 'Hours'],
  ['denier', { status: { code: 99 } }, 'status.code', 'found 99'],
  ['denier', { validDuration: 'soon' }, 'validDuration', 'expected a duration'],
  ['denier', { validDurations: '5s' }, 'validDurations', 'validDuration'],
  ['dogstatsd', { metrics: { m: { type: 'COUNT' } } }, 'metrics.m.type', 'COUNTER'],
  ['fluentd', { instanceBufferSize: -1 }, 'instanceBufferSize', 'negative'],
  ['kubernetesenv', { cacheRefreshDuration: 5 }, 'cacheRefreshDuration', 'expected a duration'],
  ['listchecker', { overrides: ['10.0.0.0/99'], entryType: 'IP_ADDRESSES' }, 'overrides[0]', 'CIDR'],
  ['listchecker', { overrides: ['(a'], entryType: 'REGEX' }, 'overrides[0]', '(a'],
  ['listchecker', { providerUrl: 'ftp://x' }, 'providerUrl', 'ftp://x'],
  ['memquota', { quotas: [{ name: 'q', maxAmount: 1 }, { name: 'q.quota' }] }, 'quotas[1].name', 'twice'],
  ['memquota', { quotas: [{ name: 'q', maxAmount: '1.5' }] }, 'quotas[0].maxAmount', 'whole number'],
  ['noop', { a: 1 }, 'a', 'unknown field'],
  ['opa', { policy: 'package x' }, 'policy', 'expected a list'],
  ['prometheus', { metrics: [{ name: 'a' }] }, 'metrics[0].kind', 'COUNTER'],
  ['prometheus', { metrics: [{ ...METRIC, name: '' }] }, 'metrics[0].name', 'needs a name'],
  ['prometheus', { metrics: [METRIC, METRIC] }, 'metrics[1].name', 'twice'],
  [
    'prometheus',
    { metrics: [{ ...METRIC, label_names: ['a-b', 'a_b'] }] },
    'metrics[0].labelNames',
    'differ',
  ],
  [
    'redisquota',
    { quotas: [{ name: 'q', rateLimitAlgorithm: 'ROLLING_WINDOW' }] },
    'quotas[0].bucketDuration',
    'ROLLING_WINDOW',
  ],
  ['solarwinds', { appopticsBatchSize: -1 }, 'appopticsBatchSize', 'negative'],
  ['stackdriver', { appCredentials: true, apiKey: 'k' }, 'apiKey', 'only one of'],
  ['statsd', { samplingRate: 2 }, 'samplingRate', '0 to 1'],
  ['stdio', { outputLevel: 'LOUD' }, 'outputLevel', 'LOUD'],
  ['zipkin', { sampleProbability: -1 }, 'sampleProbability', '0 to 1'],
];

describe('the parameters of handlers', () => {
  it('are looked at for every classic adapter', () => {
    expect(new Set(RIGHT.map(([adapter]) => adapter))).toEqual(new Set(CLASSIC_ADAPTERS.keys()));
    expect(new Set(WRONG.map(([adapter]) => adapter))).toEqual(new Set(CLASSIC_ADAPTERS.keys()));
  });

  it.each(RIGHT)('of %s fit: %j', (adapter, params) => {
    expect(findingsOf(adapter, params)).toEqual({ now: [], first: [] });
  });

  it.each(WRONG)('of %s do not fit: %j', (adapter, params, path, says) => {
    const { now, first } = findingsOf(adapter, params);
    expect([now.length, first.length]).toEqual([1, 1]);
    expect(now[0]).toContain(`spec.params.${path}: `);
    expect(first[0]).toContain(`spec.${path}: `);
    expect(now[0]).toContain(says);
    expect(first[0]).toContain(says);
  });

  it('are of an adapter that exists', () => {
    const [object] = mixerObjects(mixerYaml('handler', 'x', { compiledAdapter: 'signalfx' }));
    expect(told(object === undefined ? [] : mixerObjectFindings(object))).toEqual([
      expect.stringContaining('spec.compiledAdapter: found "signalfx", expected one of bypass'),
    ]);
  });

  it.each(['rbac', 'signalfx'])('of %s, whose adapter is no more, are anything', (kind) => {
    const [object] = mixerObjects(mixerYaml(kind, 'x', { any: [{ thing: 1 }] }));
    expect(object && mixerObjectFindings(object)).toEqual([]);
  });

  it('stand for all kinds of the first API, which are adapters or templates', () => {
    for (const { kind } of LEGACY_MIXER_KINDS) {
      expect([kind, adapterOfLegacyKind(kind) === undefined]).toEqual([kind, CLASSIC_TEMPLATES.has(kind)]);
    }
  });
});
