import {
  bucketLimits,
  durationMs,
  intern,
  prometheusLabelName,
  prometheusMetricName,
  prometheusProblems,
  type Value,
} from '@quintet/expr';
import {
  Params_MetricInfo_Kind as Kind,
  type Params,
  type Params_MetricInfo,
  ParamsSchema,
} from '@quintet/proto/adapter/prometheus/config/config_pb.js';
import { problemsOf, readParams } from '../../templates/fields.ts';
import { formatValue } from '../../templates/format-value.ts';
import type { Problem } from '../../templates/template.ts';
import type { Adapter, Handler, HandlerContext, HandlerEnv } from '../adapter.ts';
import { instanceReference } from '../instance-reference.ts';
import type { Family, FamilyDefinition, MetricKind } from './family.ts';

const KINDS: ReadonlyMap<Kind, MetricKind> = new Map([
  [Kind.COUNTER, 'counter'],
  [Kind.GAUGE, 'gauge'],
  [Kind.DISTRIBUTION, 'histogram'],
]);

/** Keeps metrics for Prometheus, which fetches them from the mesh metrics port. */
export const PROMETHEUS: Adapter = {
  name: 'prometheus',
  templates: ['metric'],
  configure: (params, context) => {
    const read = readParams(ParamsSchema, params);
    if ('problems' in read) return read;
    const { metrics } = read.value;
    const problems = [
      ...problemsOf(prometheusProblems(read.value)),
      ...metrics.flatMap((info, at) => labelProblems(info, context, `params.metrics[${at}]`)),
    ];
    if (problems.length > 0) return { problems };
    return { problems, build: (env) => build(metricsOf(read.value, context), expiryOf(read.value), env) };
  },
};

type Metric = {
  readonly instance: string;
  readonly definition: FamilyDefinition;
  /** Names of dimensions, in the order of the labels. */
  readonly dimensions: readonly string[];
};

type Expiry = { readonly afterMs: number; readonly everyMs: number };

function metricsOf({ metrics }: Params, { namespace }: HandlerContext): readonly Metric[] {
  return metrics.map((info) => ({
    instance: instanceReference(info.instanceName, namespace),
    definition: definitionOf(info),
    dimensions: info.labelNames.map(intern),
  }));
}

/** The definition that parameters without problems mean. */
function definitionOf(info: Params_MetricInfo): FamilyDefinition {
  const kind = KINDS.get(info.kind);
  const buckets = kind === 'histogram' ? bucketLimits(info.buckets) : [];
  if (kind === undefined || 'problem' in buckets) throw new TypeError(`metric ${info.name} was not checked`);
  return {
    name: prometheusMetricName(info),
    help: info.description === '' ? info.name : info.description,
    kind,
    labels: info.labelNames.map(prometheusLabelName),
    buckets,
  };
}

/** A label that its instance has no dimension for would be empty for ever. */
function labelProblems(info: Params_MetricInfo, context: HandlerContext, path: string): readonly Problem[] {
  const name = instanceReference(info.instanceName, context.namespace);
  const instance = context.instances.find((candidate) => candidate.name === name);
  if (instance === undefined) return [];
  return info.labelNames
    .filter((label) => !instance.types.has(`dimensions.${label}`))
    .map((label) => ({ path: `${path}.labelNames`, message: `instance ${name} has no dimension ${label}` }));
}

function expiryOf({ metricsExpirationPolicy: policy }: Params): Expiry {
  const afterMs = durationMs(policy?.metricsExpiryDuration, 0);
  const everyMs = durationMs(policy?.expiryCheckIntervalDuration, 0) || afterMs / 2;
  return { afterMs, everyMs: Math.max(everyMs, 10) };
}

function build(metrics: readonly Metric[], expiry: Expiry, env: HandlerEnv): Handler {
  const user = {};
  const sinks = new Map<string, { family: Family; dimensions: readonly string[] }[]>();
  for (const { instance, definition, dimensions } of metrics) {
    const family = env.metrics.claim(definition, user);
    if (family === undefined) {
      env.log.warn(
        { handler: env.name, metric: definition.name },
        'another handler has a metric of this name with other labels or buckets; this one is not kept',
      );
      continue;
    }
    sinks.set(instance, [...(sinks.get(instance) ?? []), { family, dimensions }]);
  }
  const timer = expiry.afterMs > 0 ? expireEvery(expiry, [...sinks.values()].flat(), env) : undefined;
  return {
    report: (instances) => {
      const now = env.clock.monotonic();
      for (const instance of instances) {
        if (instance.template !== 'metric') continue;
        const value = asNumber(instance.value);
        for (const { family, dimensions } of sinks.get(instance.name) ?? []) {
          const labels = dimensions.map((name) => label(instance.dimensions.get(name)));
          if (value !== undefined) family.feed(labels, value, now);
        }
      }
    },
    close: () => {
      timer?.cancel();
      env.metrics.release(user);
    },
  };
}

function expireEvery(
  expiry: Expiry,
  sinks: readonly { family: Family }[],
  { clock }: HandlerEnv,
): { cancel(): void } {
  let timer = clock.after(expiry.everyMs, tick);
  function tick(): void {
    for (const { family } of sinks) family.expire(clock.monotonic() - expiry.afterMs);
    timer = clock.after(expiry.everyMs, tick);
  }
  return { cancel: () => timer.cancel() };
}

function label(value: Value | undefined): string {
  return value === undefined ? '' : formatValue(value);
}

/** Durations count in seconds; text must be a number. */
function asNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && 'kind' in value && value.kind === 'duration')
    return Number(value.nanos) / 1e9;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}
