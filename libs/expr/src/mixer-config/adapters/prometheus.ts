import type { Finding } from '@quintet/model';
import {
  Params_MetricInfo_Kind as Kind,
  type Params,
  type Params_MetricInfo,
} from '@quintet/proto/adapter/prometheus/config/config_pb.js';
import { durationMs, negative } from './duration-problems.ts';
import { bucketLimits } from './prometheus-buckets.ts';

/** The first part of the names of metrics that name no other. */
const DEFAULT_NAMESPACE = 'istio';

/** The name that Prometheus sees. */
export function prometheusMetricName({ namespace, name }: Params_MetricInfo): string {
  const prefix = namespace === '' ? DEFAULT_NAMESPACE : namespace;
  return `${prefix}_${name}`.replaceAll(/[^a-zA-Z0-9_:]/g, '_');
}

/** The label that Prometheus sees for the name of a dimension. */
export function prometheusLabelName(dimension: string): string {
  const safe = dimension.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}

/** What is wrong with the parameters of a prometheus handler. */
export function prometheusProblems({ metrics, metricsExpirationPolicy: policy }: Params): readonly Finding[] {
  const names = new Set<string>();
  const problems = metrics.flatMap((info, at) => {
    const path = `metrics[${at}]`;
    const found = metricProblems(info).map((problem) => ({ ...problem, path: `${path}.${problem.path}` }));
    const name = prometheusMetricName(info);
    if (found.length === 0 && names.has(name))
      found.push({ path: `${path}.name`, message: `metric ${name} is defined twice` });
    names.add(name);
    return found;
  });
  if (policy === undefined) return problems;
  const expiry = 'metricsExpirationPolicy';
  return [
    ...problems,
    ...(durationMs(policy.metricsExpiryDuration, 0) > 0
      ? []
      : [{ path: `${expiry}.metricsExpiryDuration`, message: 'must be positive' }]),
    ...negative(policy.expiryCheckIntervalDuration, `${expiry}.expiryCheckIntervalDuration`),
  ];
}

function metricProblems(info: Params_MetricInfo): Finding[] {
  const problems: Finding[] = [];
  if (info.kind === Kind.UNSPECIFIED)
    problems.push({ path: 'kind', message: 'expected COUNTER, GAUGE or DISTRIBUTION' });
  if (info.name === '') problems.push({ path: 'name', message: 'a metric needs a name' });
  const buckets = info.kind === Kind.DISTRIBUTION ? bucketLimits(info.buckets) : [];
  if ('problem' in buckets) problems.push({ path: 'buckets', message: buckets.problem });
  const labels = info.labelNames.map(prometheusLabelName);
  if (new Set(labels).size < labels.length)
    problems.push({ path: 'labelNames', message: 'label names must differ' });
  return problems;
}
