type Declared = {
  /** The name exactly as it appears on `/metrics`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
};

/** A `presentGauge` shows the series that are reported at a collection and no others; the other kinds forget none. */
export type MetricDeclaration =
  | (Declared & {
      readonly kind:
        | 'counter'
        | 'gauge'
        | 'upDownCounter'
        | 'observableGauge'
        | 'observableCounter'
        | 'presentGauge';
    })
  | (Declared & { readonly kind: 'histogram'; readonly buckets: readonly number[] });

export type MetricDeclarations = Readonly<Record<string, MetricDeclaration>>;

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Declares the metrics of a service, in its `metrics.ts`. Throws on names that Prometheus does not allow and on
 * a name declared twice: that is a bug. The declarations are the list that the printed documentation shows.
 */
export function defineMetrics<const D extends MetricDeclarations>(declarations: D): D {
  const seen = new Set<string>();
  for (const declaration of Object.values(declarations)) {
    if (!NAME.test(declaration.name)) throw new Error(`metric name ${declaration.name} is not allowed`);
    if (seen.has(declaration.name)) throw new Error(`metric ${declaration.name} is declared twice`);
    seen.add(declaration.name);
    for (const label of declaration.labels ?? []) {
      if (!LABEL.test(label)) throw new Error(`label ${label} of ${declaration.name} is not allowed`);
    }
  }
  return declarations;
}

/** The declarations as lines `name kind labels`, sorted: what a golden of a service's metrics holds. */
export function metricLines(declarations: MetricDeclarations): readonly string[] {
  return Object.values(declarations)
    .map(({ name, kind, labels = [] }) => `${name} ${kind} ${labels.join(',')}`.trimEnd())
    .sort();
}
