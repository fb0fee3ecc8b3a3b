/** Reads the fields of one YAML mapping and collects what is wrong, each problem with its path. */
export type FieldReader = {
  text(key: string, fallback?: string): string;
  /** A text that may be absent or empty. */
  optionalText(key: string): string;
  choice<T extends string>(key: string, values: readonly T[], fallback: T): T;
  /** A list of some of `values`. */
  choices<T extends string>(key: string, values: readonly T[]): T[];
  number(key: string, range: { readonly least: number; readonly most: number }): number;
  /** A mapping of strings; numbers and booleans are taken as they are written. */
  texts(key: string): Record<string, string>;
  list(key: string): string[];
  /** A mapping of lists of strings. */
  lists(key: string): Record<string, string[]>;
  /** A list of mappings, each read by `read`. */
  items<T>(key: string, read: (fields: FieldReader) => T): T[];
  /** Adds a problem with this mapping. */
  problem(key: string, message: string): void;
  /** To be called last: names the keys that nobody read. */
  finish(): void;
};

/** A reader of `value`, which should be a mapping; `path` is empty for the document. Problems go to `problems`. */
export function fieldReader(value: unknown, path: string, problems: string[]): FieldReader {
  const fields = mappingOf(value);
  const known = new Set<string>();
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const problem = (key: string, message: string): void => {
    problems.push(`${at(key)}: ${message}`);
  };
  if (fields === undefined)
    problems.push(`${path || 'document'}: expected a mapping, found ${kindOf(value)}`);
  const take = (key: string): unknown => {
    known.add(key);
    return fields?.[key] ?? undefined;
  };
  const listOf = (key: string): readonly unknown[] => {
    const found = take(key);
    if (found === undefined) return [];
    if (Array.isArray(found)) return found;
    problem(key, `expected a list, found ${kindOf(found)}`);
    return [];
  };
  const reader: FieldReader = {
    text(key, fallback) {
      const found = take(key) ?? fallback;
      if (typeof found === 'string' && found !== '') return found;
      if (typeof found === 'number' || typeof found === 'boolean') return String(found);
      if (found === undefined) problem(key, 'is missing');
      else if (found !== fallback) problem(key, `expected a text, found ${kindOf(found)}`);
      return fallback ?? '';
    },
    optionalText(key) {
      const found = take(key) ?? '';
      if (typeof found === 'string') return found;
      problem(key, `expected a text, found ${kindOf(found)}`);
      return '';
    },
    choice(key, values, fallback) {
      const found = reader.text(key, fallback);
      const value = values.find((one) => one === found);
      if (value === undefined) problem(key, `expected one of ${values.join(', ')}, found "${found}"`);
      return value ?? fallback;
    },
    choices: (key, values) =>
      reader.list(key).flatMap((found, index) => {
        const value = values.find((one) => one === found);
        if (value === undefined)
          problem(`${key}[${index}]`, `expected one of ${values.join(', ')}, found "${found}"`);
        return value === undefined ? [] : [value];
      }),
    number(key, { least, most }) {
      const found = take(key);
      if (typeof found === 'number' && Number.isInteger(found) && found >= least && found <= most)
        return found;
      const shown = found === undefined ? 'nothing' : JSON.stringify(found);
      problem(key, `expected a whole number from ${least} to ${most}, found ${shown}`);
      return least;
    },
    texts: (key) => textsOf(take(key), at(key), problems),
    list: (key) => textListOf(take(key) ?? [], at(key), problems),
    lists(key) {
      const found = take(key);
      if (found === undefined) return {};
      const mapping = mappingOf(found);
      if (mapping === undefined) problem(key, `expected a mapping, found ${kindOf(found)}`);
      const entries = Object.entries(mapping ?? {});
      return Object.fromEntries(
        entries.map(([name, list]) => [name, textListOf(list, `${at(key)}.${name}`, problems)]),
      );
    },
    items: (key, read) =>
      listOf(key).map((item, index) => {
        const fields = fieldReader(item, `${at(key)}[${index}]`, problems);
        const result = read(fields);
        fields.finish();
        return result;
      }),
    problem,
    finish() {
      for (const key of Object.keys(fields ?? {})) {
        if (!known.has(key)) problem(key, `unknown field (known here: ${[...known].sort().join(', ')})`);
      }
    },
  };
  return reader;
}

function mappingOf(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

function textsOf(value: unknown, path: string, problems: string[]): Record<string, string> {
  if (value === undefined) return {};
  const mapping = mappingOf(value);
  if (mapping === undefined) {
    problems.push(`${path}: expected a mapping, found ${kindOf(value)}`);
    return {};
  }
  return Object.fromEntries(
    Object.entries(mapping).map(([key, item]) => [key, scalarText(item, `${path}.${key}`, problems)]),
  );
}

function textListOf(value: unknown, path: string, problems: string[]): string[] {
  if (Array.isArray(value))
    return value.map((item, index) => scalarText(item, `${path}[${index}]`, problems));
  problems.push(`${path}: expected a list, found ${kindOf(value)}`);
  return [];
}

function scalarText(value: unknown, path: string, problems: string[]): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  problems.push(`${path}: expected a text, found ${kindOf(value)}`);
  return '';
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `the ${typeof value} ${JSON.stringify(value)}`;
}
