import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Finding } from '@quintet/model';
import { parse, YAMLParseError } from 'yaml';
import type { Format } from './annotation-formats.ts';
import { clip, isJsonObject, kindOfJson, own } from './json-shape.ts';

/** Reads values of one YAML file by their paths and collects what is wrong, each with path, expected and found. */
export type ValueReader = {
  text(path: string, fallback: string): string;
  bool(path: string, fallback: boolean): boolean;
  /** A whole number from 0, written as a number or as a text. */
  number(path: string, fallback: number): number;
  /** A text in the format of an annotation; numbers are read as they are written. */
  formatted<T>(path: string, format: Format<T>, fallback: T): T;
  texts(path: string): readonly string[];
  textMap(path: string): Readonly<Record<string, string>>;
  object(path: string): JsonObject | undefined;
  list(path: string): readonly JsonValue[];
};

/** Reads a YAML text that should be a mapping; an empty one is an empty mapping. */
export function parseYamlMapping(text: string, findings: Finding[]): JsonObject {
  try {
    const value: JsonValue = parse(text, { maxAliasCount: 100 }) ?? {};
    if (isJsonObject(value)) return value;
    findings.push({ code: 'QTT1001', path: '', message: `expected a mapping, found ${kindOfJson(value)}` });
  } catch (error) {
    if (!(error instanceof YAMLParseError) && !(error instanceof ReferenceError)) throw error;
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    const message = error.message.split('\n')[0] ?? 'no YAML';
    findings.push({ code: 'QTT1001', path: '', message, ...(line !== undefined && { line }) });
  }
  return {};
}

/** A reader of `root`; findings are added to `findings`. Paths are keys joined by dots. */
export function valueReader(root: JsonObject, findings: Finding[]): ValueReader {
  const at = (path: string): JsonValue | undefined => {
    let value: JsonValue | undefined = root;
    for (const key of path.split('.')) value = isJsonObject(value) ? own(value, key) : undefined;
    return value ?? undefined;
  };
  const wrong = (path: string, expected: string, found: JsonValue) => {
    findings.push({ path, message: `expected ${expected}, found ${kindOfJson(found)}` });
  };
  const reader: ValueReader = {
    text: (path, fallback) => reader.formatted(path, ANY_TEXT, fallback),
    bool(path, fallback) {
      const value = at(path);
      if (value === undefined || typeof value === 'boolean') return value ?? fallback;
      wrong(path, 'true or false', value);
      return fallback;
    },
    number: (path, fallback) => reader.formatted(path, WHOLE_NUMBER, fallback),
    formatted(path, format, fallback) {
      const value = at(path);
      if (value === undefined || (value === '' && format.parse('') === undefined)) return fallback;
      const isText = typeof value === 'string' || typeof value === 'number';
      const read = isText ? format.parse(String(value)) : undefined;
      if (read === undefined) wrong(path, format.expected, value);
      return read ?? fallback;
    },
    texts: (path) =>
      textsOf(reader.list(path), (index, value) => wrong(`${path}[${index}]`, 'a text', value)),
    textMap: (path) =>
      textMapOf(reader.object(path) ?? {}, (key, value) => wrong(`${path}.${clip(key)}`, 'a text', value)),
    object(path) {
      const value = at(path);
      if (value === undefined || isJsonObject(value)) return value;
      wrong(path, 'a mapping', value);
      return undefined;
    },
    list(path) {
      const value = at(path);
      if (value === undefined || Array.isArray(value)) return value ?? [];
      wrong(path, 'a list', value);
      return [];
    },
  };
  return reader;
}

/** The texts of a list; others are handed to `onOther`. */
function textsOf(list: readonly JsonValue[], onOther: (index: number, value: JsonValue) => void): string[] {
  return list.flatMap((value, index) => {
    if (typeof value === 'string') return [value];
    onOther(index, value);
    return [];
  });
}

/** The texts of an object; others are handed to `onOther`. */
function textMapOf(
  object: JsonObject,
  onOther: (key: string, value: JsonValue) => void,
): Record<string, string> {
  const entries = Object.entries(object).filter((entry): entry is [string, string] => {
    if (typeof entry[1] === 'string') return true;
    onOther(...entry);
    return false;
  });
  return Object.fromEntries(entries);
}

const ANY_TEXT: Format<string> = { expected: 'a text', parse: (text) => text };
const WHOLE_NUMBER: Format<number> = {
  expected: 'a whole number from 0',
  parse: (text) => (/^[0-9]{1,9}$/.test(text) ? Number(text) : undefined),
};
