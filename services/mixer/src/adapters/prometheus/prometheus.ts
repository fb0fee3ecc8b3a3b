import { intern, type Value } from '@quintet/expr';
import {
  Params_MetricInfo_Kind as Kind,
  type Params,
  type Params_MetricInfo,
  ParamsSchema,
} from '@quintet/proto/adapter/prometheus/config/config_pb.js';
import { readParams } from '../../templates/fields.ts';
import { formatValue } from '../../templates/format-value.ts';
import type { Problem } from '../../templates/template.ts';
import type { Adapter, Handler, HandlerContext, HandlerEnv } from '../adapter.ts';
import { durationMs } from '../duration-field.ts';
import { instanceReference } from '../instance-reference.ts';
import { bucketLimits } from './buckets.ts';
import type { Family, FamilyDefinition, MetricKind } from './family.ts';

const DEFAULT_NAMESPACE = 'istio';
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
    if ('problem' in read) return { problems: [read.problem] };
    const { metrics, problems } = definitions(read.value, context);
    const expiry = expiryOf(read.value);
    if ('path' in expiry) return { problems: [...problems, expiry] };
    if (problems.length > 0) return { problems };
    return { problems, build: (env) => build(metrics, expiry, env) };
  },
};

type Metric = {
  readonly instance: string;
  readonly definition: FamilyDefinition;
  /** Names of dimensions, in the order of the labels. */
  readonly dimensions: readonly string[];
};

type Expiry = { readonly afterMs: number; readonly everyMs: number };

function definitions(params: Params, context: HandlerContext): { metrics: Metric[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const metrics: Metric[] = [];
  const names = new Set<string>();
  for (const [at, info] of params.metrics.entries()) {
    const path = `params.metrics[${at}]`;
    const definition = definitionOf(info);
    if ('message' in definition) {
      problems.push({ path: `${path}.${definition.path}`, message: definition.message });
      continue;
    }
    if (names.has(definition.name)) {
      problems.push({ path: `${path}.name`, message: `metric ${definition.name} is defined twice` });
    }
    names.add(definition.name);
    const instance = instanceReference(info.instanceName, context.namespace);
    metrics.push({ instance, definition, dimensions: info.labelNames.map(intern) });
    problems.push(...labelProblems(info, instance, context, path));
  }
  return { metrics, problems };
}

function definitionOf(info: Params_MetricInfo): FamilyDefinition | Problem {
  const kind = KINDS.get(info.kind);
  if (kind === undefined) return { path: 'kind', message: 'expected COUNTER, GAUGE or DISTRIBUTION' };
  if (info.name === '') return { path: 'name', message: 'a metric needs a name' };
  const buckets = kind === 'histogram' ? bucketLimits(info.buckets) : [];
  if ('problem' in buckets) return { path: 'buckets', message: buckets.problem };
  const labels = info.labelNames.map(labelName);
  if (new Set(labels).size < labels.length) return { path: 'labelNames', message: 'label names must differ' };
  const prefix = info.namespace === '' ? DEFAULT_NAMESPACE : info.namespace;
  return {
    name: metricName(`${prefix}_${info.name}`),
    help: info.description === '' ? info.name : info.description,
    kind,
    labels,
    buckets,
  };
}

/** A label that its instance has no dimension for would be empty for ever. */
function labelProblems(
  info: Params_MetricInfo,
  name: string,
  context: HandlerContext,
  path: string,
): Problem[] {
  const instance = context.instances.find((candidate) => candidate.name === name);
  if (instance === undefined) return [];
  return info.labelNames
    .filter((label) => !instance.types.has(`dimensions.${label}`))
    .map((label) => ({ path: `${path}.labelNames`, message: `instance ${name} has no dimension ${label}` }));
}

function expiryOf(params: Params): Expiry | Problem {
  const policy = params.metricsExpirationPolicy;
  const afterMs = durationMs(policy?.metricsExpiryDuration, 0);
  if (policy !== undefined && afterMs <= 0) {
    return { path: 'params.metricsExpirationPolicy.metricsExpiryDuration', message: 'must be positive' };
  }
  const everyMs = durationMs(policy?.expiryCheckIntervalDuration, 0) || afterMs / 2;
  if (everyMs < 0) {
    return {
      path: 'params.metricsExpirationPolicy.expiryCheckIntervalDuration',
      message: 'must be positive',
    };
  }
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

function metricName(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_:]/g, '_');
}

function labelName(text: string): string {
  const safe = text.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}
