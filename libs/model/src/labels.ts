/** String labels of a workload, an endpoint or an object. */
export type Labels = Readonly<Record<string, string>>;

/** True when every label of `selector` is in `labels` with the same value; an empty selector selects everything. */
export function labelsMatch(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
}
