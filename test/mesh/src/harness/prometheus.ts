export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Metrics at one moment. */
export type Metrics = {
  readonly samples: readonly Sample[];
  /** The samples of a name whose labels include these. */
  of(name: string, labels?: Readonly<Record<string, string>>): readonly Sample[];
  /** The sum of those; 0 when there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
};

/** Reads the Prometheus text format. */
export function parseMetrics(text: string): Metrics {
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseSample);
  const of: Metrics['of'] = (name, labels = {}) =>
    samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
  return {
    samples,
    of,
    sum: (name, labels) => of(name, labels).reduce((sum, { value }) => sum + value, 0),
  };
}

function parseSample(line: string): Sample {
  const [, name = '', labels = '', value = ''] = /^([^{\s]+)(?:\{(.*)\})?\s+(\S+)/.exec(line) ?? [];
  const pairs = [...labels.matchAll(/([^=,\s]+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(
      pairs.map(([, key = '', text = '']) => [key, text.replaceAll(/\\(.)/g, unescaped)]),
    ),
    value: Number(value),
  };
}

function unescaped(_whole: string, character: string): string {
  return character === 'n' ? '\n' : character;
}
