export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** What a metric is. `buckets` are upper limits in rising order, without infinity. */
export type FamilyDefinition = {
  readonly name: string;
  readonly help: string;
  readonly kind: MetricKind;
  readonly labels: readonly string[];
  readonly buckets: readonly number[];
};

/** One set of label values with its numbers. */
export type Series = {
  readonly labelValues: readonly string[];
  value: number;
  /** Values per bucket, not summed up; the last one holds what exceeds all limits. Empty for other kinds. */
  readonly bucketCounts: number[];
  /** How many values a histogram has; `value` is their sum. */
  count: number;
  /** When it was fed last, milliseconds of a clock that never goes back. */
  fedAt: number;
};

/** All series of one metric. */
export type Family = {
  readonly definition: FamilyDefinition;
  /** Adds to a counter, sets a gauge, or records into a histogram. A new series beyond the budget is dropped. */
  feed(labelValues: readonly string[], value: number, now: number): void;
  /** Forgets series that were not fed since `before`. */
  expire(before: number): void;
  series(): readonly Series[];
  /** How many values were dropped for the budget. */
  dropped(): number;
};

/** A family with at most `budget` series. */
export function family(definition: FamilyDefinition, budget: number): Family {
  const all = new Map<string, Series>();
  let dropped = 0;
  return {
    definition,
    feed: (labelValues, value, now) => {
      const key = labelValues.join('\0');
      let series = all.get(key);
      if (series === undefined) {
        if (all.size >= budget) {
          dropped++;
          return;
        }
        series = emptySeries(labelValues, definition);
        all.set(key, series);
      }
      add(series, definition, value);
      series.fedAt = now;
    },
    expire: (before) => {
      for (const [key, series] of all) if (series.fedAt < before) all.delete(key);
    },
    series: () => [...all.values()],
    dropped: () => dropped,
  };
}

/** Whether two declarations mean the same metric; help texts may differ. */
export function sameDefinition(a: FamilyDefinition, b: FamilyDefinition): boolean {
  return a.kind === b.kind && sameList(a.labels, b.labels) && sameList(a.buckets, b.buckets);
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

function emptySeries(labelValues: readonly string[], { kind, buckets }: FamilyDefinition): Series {
  const bucketCounts = kind === 'histogram' ? new Array<number>(buckets.length + 1).fill(0) : [];
  return { labelValues, value: 0, bucketCounts, count: 0, fedAt: 0 };
}

function add(series: Series, { kind, buckets }: FamilyDefinition, value: number): void {
  if (kind === 'gauge') {
    series.value = value;
    return;
  }
  series.value += value;
  if (kind === 'counter') return;
  const found = buckets.findIndex((limit) => value <= limit);
  const at = found < 0 ? buckets.length : found;
  series.bucketCounts[at] = (series.bucketCounts[at] ?? 0) + 1;
  series.count++;
}
