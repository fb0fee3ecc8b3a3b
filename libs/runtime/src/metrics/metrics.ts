import { type Attributes, type Meter, ValueType } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricDeclaration, MetricDeclarations } from './define-metrics.ts';
import { type PresentSample, prometheusText } from './prometheus-text.ts';

type LabelsOf<D> = D extends { labels: readonly (infer L extends string)[] }
  ? Readonly<Record<L, string>>
  : Readonly<Record<string, never>>;

/** Label values are an argument exactly when labels were declared. */
type LabelArgs<D> = D extends { labels: readonly string[] } ? [labels: LabelsOf<D>] : [];

export type Instrument<D extends MetricDeclaration> = D['kind'] extends 'counter' | 'upDownCounter'
  ? { add(amount: number, ...labels: LabelArgs<D>): void }
  : D['kind'] extends 'gauge'
    ? { set(value: number, ...labels: LabelArgs<D>): void }
    : D['kind'] extends 'histogram'
      ? { record(value: number, ...labels: LabelArgs<D>): void }
      : {
          /** `read` is called at each collection and reports the values of that moment. */
          observe(read: (report: (value: number, ...labels: LabelArgs<D>) => void) => void): void;
        };

export type Instruments<D extends MetricDeclarations> = { readonly [K in keyof D]: Instrument<D[K]> };

/** The metrics of a process. */
export type Metrics = {
  /** Makes the instruments of a declaration; to be called once for each. */
  create<D extends MetricDeclarations>(declarations: D): Instruments<D>;
  /** Everything in the Prometheus text format. */
  text(): Promise<string>;
  shutdown(): Promise<void>;
};

/** The SDK folds label sets beyond this number into one series marked `otel_metric_overflow`. */
const SERIES_LIMIT = 2000;

class PullReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

/** OpenTelemetry instruments, collected when somebody asks. */
export function createMetrics(): Metrics {
  const reader = new PullReader({ cardinalitySelector: () => SERIES_LIMIT });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('quintet');
  const declared = new Map<string, MetricDeclaration>();
  const present = new Map<string, PresentGauge>();
  return {
    create<D extends MetricDeclarations>(declarations: D) {
      const made: Record<string, unknown> = {};
      for (const [key, declaration] of Object.entries(declarations)) {
        if (declared.has(declaration.name)) throw new Error(`metric ${declaration.name} is made twice`);
        declared.set(declaration.name, declaration);
        if (declaration.kind === 'presentGauge') {
          const gauge = createPresentGauge();
          present.set(declaration.name, gauge);
          made[key] = gauge;
        } else made[key] = createInstrument(meter, declaration);
      }
      // The mapped type says per key what createInstrument makes per kind.
      return made as Instruments<D>;
    },
    async text() {
      const { resourceMetrics } = await reader.collect();
      return prometheusText(resourceMetrics, declared, (name) => present.get(name)?.read() ?? []);
    },
    shutdown: () => provider.shutdown(),
  };
}

type Read = (report: (value: number, labels?: Attributes) => void) => void;

type PresentGauge = { observe(read: Read): void; read(): readonly PresentSample[] };

/** Kept outside of the SDK: that shows a series for ever, and takes no new ones beyond its limit. */
function createPresentGauge(): PresentGauge {
  const reads: Read[] = [];
  return {
    observe(read) {
      reads.push(read);
    },
    read() {
      const samples: PresentSample[] = [];
      for (const read of reads) read((value, labels = {}) => samples.push({ labels, value }));
      return samples;
    },
  };
}

function createInstrument(
  meter: Meter,
  declaration: Exclude<MetricDeclaration, { readonly kind: 'presentGauge' }>,
): unknown {
  const { name, help } = declaration;
  const options = { description: help, valueType: ValueType.DOUBLE };
  switch (declaration.kind) {
    case 'counter':
    case 'upDownCounter': {
      const counter =
        declaration.kind === 'counter'
          ? meter.createCounter(name, options)
          : meter.createUpDownCounter(name, options);
      // A series without labels exists from the start, so that a rate over it sees the first increase.
      if ((declaration.labels ?? []).length === 0) counter.add(0);
      return { add: (amount: number, labels?: Attributes) => counter.add(amount, labels) };
    }
    case 'gauge': {
      const gauge = meter.createGauge(name, options);
      return { set: (value: number, labels?: Attributes) => gauge.record(value, labels) };
    }
    case 'histogram': {
      const advice = { explicitBucketBoundaries: [...declaration.buckets] };
      const histogram = meter.createHistogram(name, { ...options, advice });
      return { record: (value: number, labels?: Attributes) => histogram.record(value, labels) };
    }
    case 'observableGauge':
    case 'observableCounter': {
      const observable =
        declaration.kind === 'observableGauge'
          ? meter.createObservableGauge(name, options)
          : meter.createObservableCounter(name, options);
      return {
        observe: (read: Read) =>
          observable.addCallback((result) => read((value, labels) => result.observe(value, labels))),
      };
    }
  }
}
