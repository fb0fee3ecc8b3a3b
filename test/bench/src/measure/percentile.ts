/** The value below which the share `p` (0 to 1) of `values` lies, by the nearest-rank rule. Throws for no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('no values to take a percentile of');
  return found;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
