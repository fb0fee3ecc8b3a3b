/** A value of a mapping; undefined when there is none, or `value` is no mapping. */
export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** A text of a mapping; empty when there is none. */
export function text(value: unknown, key: string): string {
  const found = field(value, key);
  return typeof found === 'string' ? found : '';
}

/** A number of a mapping; NaN when there is none. */
export function number(value: unknown, key: string): number {
  const found = field(value, key);
  return typeof found === 'number' ? found : Number.NaN;
}

/** A list; empty when `value` is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
