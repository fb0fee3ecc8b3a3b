import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { childPath, quote } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import type { Labels } from '../labels.ts';

const NO_LABELS: Labels = Object.freeze({});
const NO_TEXTS: readonly string[] = Object.freeze([]);
/** More findings than this about one object help nobody. */
const MOST_FINDINGS = 20;

/**
 * Reads fields of plain JSON by name and type. A field that is missing or null is empty; one of a wrong type is a
 * finding with its path, and empty too. Fields that nobody asks for are ignored. Only ever asked for fixed names and
 * own keys, so that no key of a user reaches a prototype.
 */
export class JsonReader {
  readonly findings: Finding[] = [];
  readonly #path: (string | number)[] = [];

  text(from: JsonObject, key: string): string {
    const value = from[key];
    if (typeof value === 'string') return value;
    if (value !== undefined && value !== null) this.#wrong(key, 'a string', value);
    return '';
  }

  /** A whole number from 0 to `max`; 0 when missing. */
  integer(from: JsonObject, key: string, max = Number.MAX_SAFE_INTEGER): number {
    const value = from[key];
    if (value === undefined || value === null) return 0;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
    this.#wrong(key, max === 65_535 ? 'a port from 0 to 65535' : 'a whole number from 0', value);
    return 0;
  }

  /** A port by number or by name; absent when missing. */
  portOrName(from: JsonObject, key: string): number | string | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    return this.integer(from, key, 65_535);
  }

  flag(from: JsonObject, key: string): boolean | undefined {
    const value = from[key];
    if (typeof value === 'boolean') return value;
    if (value !== undefined && value !== null) this.#wrong(key, 'true or false', value);
    return undefined;
  }

  texts(from: JsonObject, key: string): readonly string[] {
    const value = from[key];
    if (value === undefined || value === null) return NO_TEXTS;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.#wrong(key, 'a list of strings', value);
    return NO_TEXTS;
  }

  labels(from: JsonObject, key: string): Labels {
    const value = from[key];
    if (value === undefined || value === null) return NO_LABELS;
    if (!isJsonObject(value)) {
      this.#wrong(key, 'a map of strings', value);
      return NO_LABELS;
    }
    this.#path.push(key);
    const labels = this.#onlyTexts(value);
    this.#path.pop();
    return labels;
  }

  /** The map itself when all of it is text: objects by the ten thousand are not copied. */
  #onlyTexts(map: JsonObject): Labels {
    if (isTextMap(map)) return map;
    const texts: [string, string][] = [];
    for (const [key, value] of Object.entries(map)) {
      if (key === '__proto__') continue;
      if (typeof value === 'string') texts.push([key, value]);
      else this.#wrong(key, 'a string (in quotes where it looks like something else)', value);
    }
    return Object.fromEntries(texts);
  }

  /** What `read` makes of the map under `key`; undefined when it is missing. */
  within<T>(from: JsonObject, key: string, read: (inner: JsonObject) => T): T | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    if (!isJsonObject(value)) {
      this.#wrong(key, 'a map', value);
      return undefined;
    }
    this.#path.push(key);
    const result = read(value);
    this.#path.pop();
    return result;
  }

  /** What `read` makes of each map in the list under `key`; nothing when it is missing. */
  list<T>(from: JsonObject, key: string, read: (item: JsonObject) => T): readonly T[] {
    const value = from[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.#wrong(key, 'a list', value);
      return [];
    }
    const results: T[] = [];
    this.#path.push(key, 0);
    for (const [index, item] of value.entries()) {
      this.#path[this.#path.length - 1] = index;
      if (isJsonObject(item)) results.push(read(item));
      else this.#report('a map', item);
    }
    this.#path.length -= 2;
    return results;
  }

  /** Reports about a field of the map that is being read. */
  report(key: string, message: string, code?: Finding['code']): void {
    if (this.findings.length >= MOST_FINDINGS) return;
    this.findings.push({ path: childPath(this.#at(), key), message, ...(code && { code }) });
  }

  #wrong(key: string, expected: string, found: JsonValue): void {
    this.report(key, `expected ${expected}, found ${describeJson(found)}`);
  }

  #report(expected: string, found: JsonValue): void {
    if (this.findings.length >= MOST_FINDINGS) return;
    this.findings.push({ path: this.#at(), message: `expected ${expected}, found ${describeJson(found)}` });
  }

  #at(): string {
    return this.#path.reduce<string>(
      (path, step) => (typeof step === 'number' ? `${path}[${step}]` : childPath(path, step)),
      '',
    );
  }
}

/** True for a JSON object, false for lists, scalars and nothing. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Says in words what a value is: `the number 3`, `the string "x"`, `a map`, `a list`, `nothing`. */
function describeJson(value: JsonValue): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the string ${quote(value)}`;
  return `the ${typeof value} ${value}`;
}

function isTextMap(map: JsonObject): map is Record<string, string> {
  return Object.keys(map).every((key) => key !== '__proto__' && typeof map[key] === 'string');
}
