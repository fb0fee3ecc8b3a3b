import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/**
 * A YAML or JSON value that remembers its line. Maps are `Map`s, so that no key of a user reaches a prototype.
 * Lines count from 1; 0 stands for values that came from no file.
 */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export type LocatedScalar = {
  readonly kind: 'scalar';
  readonly value: string | number | bigint | boolean | null;
  readonly line: number;
};

export type LocatedList = {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly line: number;
};

export type LocatedMap = {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  readonly line: number;
};

export type LocatedEntry = { readonly line: number; readonly value: Located };

/** The value of a key, or undefined when `node` is no map or has no such key. */
export function child(node: Located | undefined, key: string): Located | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** The text of a key's value when it is a string. */
export function childText(node: Located | undefined, key: string): string | undefined {
  const found = child(node, key);
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : undefined;
}

/** Says in words what a value is, for messages: `the number 3`, `the string "x"`, `a map`, `a list`, `nothing`. */
export function describe(node: Located): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  if (node.value === null) return 'nothing (null)';
  if (typeof node.value === 'string') return `the string ${quote(node.value)}`;
  if (typeof node.value === 'boolean') return `the boolean ${node.value}`;
  return `the number ${node.value}`;
}

/** A user's text in quotes, shortened to what fits in a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

/** The path of a field or map key below `path`; keys that are not plain words are written in brackets. */
export function childPath(path: string, key: string): string {
  if (!/^[A-Za-z_@][A-Za-z0-9_@]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** Plain JSON of a value. Integers beyond 2^53 lose their last digits, as in every JSON. */
export function toJson(node: Located): JsonValue {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    case 'list':
      return node.items.map(toJson);
    case 'map':
      return mapToJson(node);
  }
}

/** Plain JSON object of a map. */
export function mapToJson(node: LocatedMap): JsonObject {
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toJson(entry.value)]));
}

/**
 * The line of `path` in `root`; when the path leads to nothing, the line of the last part that exists. Field names
 * are found in both spellings, `perTryTimeout` and `per_try_timeout`.
 */
export function lineOf(root: Located, path: string): number {
  let node = root;
  let line = root.line;
  for (const step of path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([^.[\]]+)/g)) {
    const [, quoted, index, name] = step;
    if (index !== undefined) {
      const item = node.kind === 'list' ? node.items[Number(index)] : undefined;
      if (item === undefined) return line;
      node = item;
      line = item.line;
      continue;
    }
    const entry = entryOf(node, quoted === undefined ? (name ?? '') : unquote(quoted));
    if (entry === undefined) return line;
    node = entry.value;
    line = entry.line;
  }
  return line;
}

function entryOf(node: Located, key: string): LocatedEntry | undefined {
  if (node.kind !== 'map') return undefined;
  return (
    node.entries.get(key) ?? node.entries.get(key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  );
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}
