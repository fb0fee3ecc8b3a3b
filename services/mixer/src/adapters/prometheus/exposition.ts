import type { Family, Series } from './family.ts';

/** A family in the Prometheus text format, version 0.0.4; empty when it has no series. */
export function familyText({ definition, series }: Family): string {
  const rows = series();
  if (rows.length === 0) return '';
  const { name, help, kind, labels, buckets } = definition;
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`];
  for (const row of rows) {
    const pairs = labels.map((label, at) => `${label}="${escapeValue(row.labelValues[at] ?? '')}"`);
    if (kind === 'histogram') lines.push(...histogramLines(name, pairs, row, buckets));
    else lines.push(`${name}${braces(pairs)} ${number(row.value)}`);
  }
  return `${lines.join('\n')}\n`;
}

function histogramLines(
  name: string,
  pairs: readonly string[],
  row: Series,
  buckets: readonly number[],
): string[] {
  let sum = 0;
  const limits = [...buckets.map(number), '+Inf'];
  const lines = limits.map((limit, at) => {
    sum += row.bucketCounts[at] ?? 0;
    return `${name}_bucket${braces([...pairs, `le="${limit}"`])} ${sum}`;
  });
  return [
    ...lines,
    `${name}_sum${braces(pairs)} ${number(row.value)}`,
    `${name}_count${braces(pairs)} ${row.count}`,
  ];
}

function braces(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
