import type { Attributes } from '@opentelemetry/api';
import { DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricDeclaration } from './define-metrics.ts';

/** `Content-Type` of the Prometheus text format. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A series that is there now. */
export type PresentSample = { readonly labels: Attributes; readonly value: number };

/**
 * Writes what was collected in the Prometheus text format, version 0.0.4: names exactly as declared, no scope
 * labels, no added suffixes, families sorted by name. Declared families without a series show HELP and TYPE.
 */
export function prometheusText(
  collected: ResourceMetrics,
  declared: ReadonlyMap<string, MetricDeclaration>,
  /** The series of a declared `presentGauge`. */
  present: (name: string) => readonly PresentSample[] = () => [],
): string {
  const byName = new Map<string, MetricData>();
  for (const scope of collected.scopeMetrics) {
    for (const metric of scope.metrics) byName.set(metric.descriptor.name, metric);
  }
  const lines: string[] = [];
  for (const name of [...declared.keys()].sort()) {
    const declaration = declared.get(name);
    if (declaration === undefined) continue;
    lines.push(`# HELP ${name} ${escapeHelp(declaration.help)}`, `# TYPE ${name} ${typeOf(declaration)}`);
    const metric = byName.get(name);
    if (metric !== undefined) lines.push(...samples(name, metric));
    if (declaration.kind === 'presentGauge')
      lines.push(
        ...present(name)
          .map(({ labels, value }) => sample(name, labels, value))
          .sort(),
      );
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function typeOf(declaration: MetricDeclaration): 'counter' | 'gauge' | 'histogram' {
  switch (declaration.kind) {
    case 'counter':
    case 'observableCounter':
      return 'counter';
    case 'histogram':
      return 'histogram';
    default:
      return 'gauge';
  }
}

function samples(name: string, metric: MetricData): string[] {
  if (metric.dataPointType === DataPointType.HISTOGRAM) {
    return metric.dataPoints.flatMap(({ attributes, value }) => {
      const lines: string[] = [];
      let below = 0;
      value.buckets.boundaries.forEach((boundary, i) => {
        below += value.buckets.counts[i] ?? 0;
        lines.push(sample(`${name}_bucket`, { ...attributes, le: number(boundary) }, below));
      });
      lines.push(sample(`${name}_bucket`, { ...attributes, le: '+Inf' }, value.count));
      lines.push(sample(`${name}_sum`, attributes, value.sum ?? 0));
      lines.push(sample(`${name}_count`, attributes, value.count));
      return lines;
    });
  }
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return [];
  return metric.dataPoints.map(({ attributes, value }) => sample(name, attributes, value)).sort();
}

function sample(name: string, attributes: Attributes, value: number): string {
  const labels = Object.entries(attributes).map(([key, text]) => `${key}="${escapeLabel(String(text))}"`);
  return `${name}${labels.length === 0 ? '' : `{${labels.join(',')}}`} ${number(value)}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
