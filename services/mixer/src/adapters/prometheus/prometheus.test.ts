import { create, type JsonObject } from '@bufbuild/protobuf';
import { bucketLimits, duration, type Value } from '@quintet/expr';
import { Params_MetricInfo_BucketsDefinitionSchema } from '@quintet/proto/adapter/prometheus/config/config_pb.js';
import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { testEnv } from '../../testing/handler-env.ts';
import { PROMETHEUS } from './prometheus.ts';
import { createMetricRegistry } from './registry.ts';

const CONTEXT = { namespace: 'istio-system', instances: [] };

function metric(value: Value, dimensions: Record<string, Value> = {}) {
  return {
    template: 'metric',
    name: 'count.instance.istio-system',
    value,
    dimensions: new Map(Object.entries(dimensions)),
    monitoredResourceType: '',
    monitoredResourceDimensions: new Map(),
  } as const;
}

function params(...metrics: JsonObject[]): JsonObject {
  return { metrics: metrics.map((info) => ({ instance_name: 'count.metric.istio-system', ...info })) };
}

function start(config: JsonObject, options: { seriesBudget: number } = { seriesBudget: 10 }) {
  const metrics = createMetricRegistry(options);
  const clock = createManualClock();
  const { build, problems } = PROMETHEUS.configure(config, CONTEXT);
  if (build === undefined) throw new Error(JSON.stringify(problems));
  return { metrics, clock, handler: build(testEnv({ metrics, clock })), build };
}

describe('prometheus adapter', () => {
  it('counts by labels and writes the text format', () => {
    const { handler, metrics } = start(
      params({ name: 'requests_total', kind: 'COUNTER', label_names: ['code', 'to'] }),
    );
    handler.report?.([
      metric(1n, { code: 200n, to: 'a"b\n' }),
      metric(2n, { code: 200n, to: 'a"b\n' }),
      metric('x'),
    ]);
    expect(metrics.text()).toBe(
      [
        '# HELP istio_requests_total requests_total',
        '# TYPE istio_requests_total counter',
        'istio_requests_total{code="200",to="a\\"b\\n"} 3',
        '',
      ].join('\n'),
    );
  });

  it('keeps distributions in seconds', () => {
    const buckets = { explicit_buckets: { bounds: [0.1, 1] } };
    const { handler, metrics } = start(
      params({ name: 'duration', kind: 'DISTRIBUTION', buckets, namespace: 'my' }),
    );
    for (const nanos of [50_000_000n, 100_000_000n, 2_000_000_000n])
      handler.report?.([metric(duration(nanos))]);
    expect(metrics.text().split('\n').slice(2)).toEqual([
      'my_duration_bucket{le="0.1"} 2',
      'my_duration_bucket{le="1"} 2',
      'my_duration_bucket{le="+Inf"} 3',
      'my_duration_sum 2.15',
      'my_duration_count 3',
      '',
    ]);
  });

  it('drops values of series beyond the budget and counts them', () => {
    const { handler, metrics } = start(params({ name: 'n', kind: 'GAUGE', label_names: ['path'] }), {
      seriesBudget: 2,
    });
    handler.report?.(['a', 'b', 'c', 'a'].map((path) => metric(1n, { path })));
    expect(metrics.stats()).toEqual({ series: 2, dropped: 1 });
  });

  it('forgets series that are not fed any more', async () => {
    const policy = { metrics_expiration_policy: { metrics_expiry_duration: '10s' } };
    const { handler, metrics, clock } = start({
      ...params({ name: 'n', kind: 'COUNTER', label_names: ['l'] }),
      ...policy,
    });
    handler.report?.([metric(1n, { l: 'old' })]);
    await clock.advance(8_000);
    handler.report?.([metric(1n, { l: 'new' })]);
    await clock.advance(7_000);
    expect(metrics.text()).toContain('l="new"');
    expect(metrics.text()).not.toContain('l="old"');
    handler.close?.();
    expect(metrics.text()).toBe('');
  });

  it('keeps its counts when a handler is replaced by one that has the same metric', () => {
    const config = params({ name: 'n', kind: 'COUNTER' });
    const { handler, metrics, build } = start(config);
    handler.report?.([metric(4n)]);
    const next = build(testEnv({ metrics }));
    handler.close?.();
    next.report?.([metric(1n)]);
    expect(metrics.text()).toContain('istio_n 5');
  });

  it('takes durations as people write them', () => {
    const config = { metricsExpirationPolicy: { metricsExpiryDuration: '10m' } };
    expect(PROMETHEUS.configure(config, CONTEXT).problems).toEqual([]);
  });

  it.each<[JsonObject, string]>([
    [params({ name: 'n' }), 'params.metrics[0].kind'],
    [params({ kind: 'COUNTER' }), 'params.metrics[0].name'],
    [params({ name: 'n', kind: 'COUNTER' }, { name: 'n', kind: 'COUNTER' }), 'params.metrics[1].name'],
    [
      params({ name: 'n', kind: 'DISTRIBUTION', buckets: { explicit_buckets: { bounds: [2, 1] } } }),
      'params.metrics[0].buckets',
    ],
    [params({ name: 'n', kind: 'COUNTER', label_names: ['a-b', 'a_b'] }), 'params.metrics[0].labelNames'],
    [params({ name: 'n', kind: 'COUNTER', labels: ['a'] }), 'params.metrics[0].labels'],
  ])('refuses %j', (config, path) => {
    expect(PROMETHEUS.configure(config, CONTEXT).problems.map((problem) => problem.path)).toEqual([path]);
  });
});

describe('bucketLimits', () => {
  it.each([
    [{ case: 'linearBuckets', value: { numFiniteBuckets: 2, width: 5, offset: 1 } }, [1, 6, 11]],
    [
      { case: 'exponentialBuckets', value: { numFiniteBuckets: 2, growthFactor: 10, scale: 1 } },
      [1, 10, 100],
    ],
  ] as const)('%j', (definition, limits) => {
    expect(bucketLimits(create(Params_MetricInfo_BucketsDefinitionSchema, { definition }))).toEqual(limits);
  });
});
