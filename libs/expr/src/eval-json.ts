import { compile } from './compile.ts';
import { parseExactJson } from './exact-json.ts';
import { Fault } from './fault.ts';
import type { Json } from './json-value.ts';
import { valueFromJson, valueToJson } from './json-value.ts';
import type { AttributeManifest } from './manifest.ts';
import { formatReferences, trackReferences } from './references.ts';
import type { Result } from './result.ts';
import { fail, ok } from './result.ts';
import type { Bag, Value, ValueType } from './value.ts';
import { VALUE_TYPES } from './value.ts';
import { standardManifest } from './vocabulary.ts';

/** What `quintet mixer eval` is asked: the parts of a request as they come out of JSON. */
export type EvalInput = {
  readonly expression: string;
  /** `{"attributes": {NAME: {"valueType": "STRING"}}}`; the standard vocabulary when undefined. */
  readonly manifest?: unknown;
  /** An object of attribute values by name; none when undefined. */
  readonly attributes?: unknown;
};

/** What it answers; `error` alone (perhaps with what was looked at) means the expression gave no value. */
export type EvalOutput =
  | { readonly type: ValueType; readonly value: Json; readonly referenced: readonly string[] }
  | { readonly error: string; readonly referenced?: readonly string[] };

/** Evaluates an expression over attributes in JSON; attributes are read only when they are looked up. */
export function evalJson(input: EvalInput): EvalOutput {
  const manifest = manifestFromJson(input.manifest);
  if (!manifest.ok) return { error: manifest.message };
  const attributes = input.attributes ?? {};
  if (!isObject(attributes)) return { error: 'attributes: expected an object of values by attribute name' };
  const program = compile(input.expression, manifest.value);
  if (!program.ok) return { error: program.message };
  const unreadable: string[] = [];
  const bag = trackReferences(jsonBag(attributes, manifest.value, unreadable));
  const value = program.value.evaluate(bag);
  const referenced = formatReferences(bag.references());
  if (unreadable[0] !== undefined) return { error: unreadable[0], referenced };
  if (value instanceof Fault) return { error: value.message, referenced };
  return { type: program.value.type, value: valueToJson(value), referenced };
}

/** Evaluates one line of a batch, `{"expression", "manifest", "attributes"}`; a line that is no such object is an error. */
export function evalJsonLine(line: string): EvalOutput {
  let input: unknown;
  try {
    input = parseExactJson(line);
  } catch (error) {
    return { error: `line is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isObject(input) || typeof input.expression !== 'string') {
    return { error: 'line: expected an object with the member "expression", a string' };
  }
  return evalJson({
    expression: input.expression,
    manifest: input.manifest ?? undefined,
    attributes: input.attributes ?? undefined,
  });
}

/** Reads a manifest from JSON; undefined gives the standard vocabulary. */
export function manifestFromJson(json: unknown): Result<AttributeManifest> {
  if (json === undefined) return ok(standardManifest);
  if (!isObject(json) || !isObject(json.attributes)) {
    return fail('manifest: expected {"attributes": {NAME: {"valueType": TYPE}}}');
  }
  const manifest = new Map<string, ValueType>();
  for (const [name, info] of Object.entries(json.attributes)) {
    const found = isObject(info) ? (info.valueType ?? info.value_type) : undefined;
    const type = VALUE_TYPES.find((known) => known === found);
    if (type === undefined) {
      return fail(
        `manifest: attributes.${name}.valueType: found ${JSON.stringify(found)}, expected one of ${VALUE_TYPES.join(', ')}`,
      );
    }
    manifest.set(name, type);
  }
  return ok(manifest);
}

/** A value that cannot be read is a problem of the input, told instead of any result. */
function jsonBag(
  attributes: Readonly<Record<string, unknown>>,
  manifest: AttributeManifest,
  unreadable: string[],
): Bag {
  const read = new Map<string, Value | undefined>();
  return {
    get: (name) => {
      if (read.has(name)) return read.get(name);
      const type = manifest.get(name);
      if (type === undefined || !Object.hasOwn(attributes, name)) return undefined;
      const value = valueFromJson(attributes[name], type);
      if (!value.ok) unreadable.push(`attribute ${name}: ${value.message}`);
      read.set(name, value.ok ? value.value : undefined);
      return read.get(name);
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
