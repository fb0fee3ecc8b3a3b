import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { childPath, type Finding, suggest } from '@quintet/model';
import type { ValueType } from '../value.ts';
import { expressionFindings } from './expression-findings.ts';
import type { FieldShape, Shape } from './shape.ts';
import type { MixerTemplate } from './template.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Field of the parameters that binds attributes to output, as the first mixer API had it. */
const BINDINGS = ['attribute_bindings', 'attributeBindings'];

/** Parameters nested deeper are refused; no template has as many levels. */
const MOST_LEVELS = 32;

/** What is wrong with the parameters of an instance of a template; paths begin with `path`. */
export function instanceFindings(
  params: JsonObject,
  template: MixerTemplate,
  { path, vocabulary }: { readonly path: string; readonly vocabulary: Vocabulary },
): readonly Finding[] {
  const fields = Object.entries(params).filter(
    ([key]) => template.output === undefined || !BINDINGS.includes(key),
  );
  const walk = new Walk(vocabulary, template.constants);
  walk.message(Object.fromEntries(fields), template.shape, path);
  if (vocabulary.structure) {
    for (const name of template.required) {
      const value = params[name];
      if (value !== undefined && !(typeof value === 'string' && value.trim() === '')) continue;
      walk.findings.push({
        path: `${path}.${name}`,
        message: `an instance of template ${template.name} needs a ${name}, found none`,
      });
    }
  }
  return walk.findings;
}

/** The bindings that parameters hold as the first mixer API had it. */
export function bindingsInParams(params: JsonObject): Readonly<Record<string, JsonValue>> {
  for (const name of BINDINGS) {
    const value = params[name];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  }
  return {};
}

class Walk {
  readonly findings: Finding[] = [];
  readonly #vocabulary: Vocabulary;
  /** Whether numbers, booleans and the like may be written as they are. */
  readonly #constants: boolean;
  #depth = 0;

  constructor(vocabulary: Vocabulary, constants: boolean) {
    this.#vocabulary = vocabulary;
    this.#constants = constants;
  }

  message(fields: JsonObject, shape: Shape, path: string): void {
    if (this.#depth >= MOST_LEVELS) {
      this.#structure(path, `expected at most ${MOST_LEVELS} levels`);
      return;
    }
    this.#depth += 1;
    for (const [name, value] of Object.entries(fields)) {
      const field = shape.field(name);
      if (value === null) continue;
      if (field === undefined) this.#structure(childPath(path, name), unknownField(name, shape));
      else this.#field(value, field, childPath(path, name));
    }
    this.#depth -= 1;
  }

  #field(value: JsonValue, field: FieldShape, path: string): void {
    switch (field.kind) {
      case 'expression':
        this.#expression(value, field.types, path);
        return;
      case 'message':
        if (isMap(value)) this.message(value, field.shape, path);
        else
          this.#structure(
            path,
            `expected a map with the fields of ${field.shape.name}, found ${shown(value)}`,
          );
        return;
      case 'map':
        this.#map(value, field.of, path);
        return;
      case 'list':
        if (Array.isArray(value))
          for (const [at, item] of value.entries()) this.#field(item, field.of, `${path}[${at}]`);
        else this.#structure(path, `expected a list, found ${shown(value)}`);
        return;
      case 'enum':
        if (typeof value !== 'number' && !(typeof value === 'string' && field.names.includes(value)))
          this.#structure(path, `expected one of ${field.names.join(', ')}, found ${shown(value)}`);
        return;
      case 'unsupported':
        this.#structure(path, `no expression gives a value of the type ${field.what}`);
    }
  }

  /** Named expressions; where constants may be written, also one expression that gives the whole map. */
  #map(value: JsonValue, of: FieldShape, path: string): void {
    if (isMap(value)) {
      for (const [key, item] of Object.entries(value)) this.#field(item, of, childPath(path, key));
    } else if (this.#constants && typeof value === 'string') {
      this.#expression(value, ['STRING_MAP'], path);
    } else this.#structure(path, `expected a map of expressions, found ${shown(value)}`);
  }

  #expression(value: JsonValue, types: readonly ValueType[] | undefined, path: string): void {
    if (typeof value === 'string') {
      this.findings.push(...expressionFindings(value, { path, ...(types && { types }) }, this.#vocabulary));
    } else if (!this.#constants || !isConstant(value, types)) {
      this.#structure(path, `expected an expression as a string, found ${shown(value)}`);
    }
  }

  #structure(path: string, message: string): void {
    if (this.#vocabulary.structure) this.findings.push({ path, message });
  }
}

function isConstant(value: JsonValue, types: readonly ValueType[] | undefined): boolean {
  if (typeof value === 'boolean') return types === undefined || types.includes('BOOL');
  if (typeof value !== 'number') return false;
  return (
    types === undefined || types.includes('DOUBLE') || (types.includes('INT64') && Number.isInteger(value))
  );
}

function unknownField(name: string, shape: Shape): string {
  const near = suggest(name, shape.names);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  const has = shape.names.length === 0 ? 'has no fields' : `has ${shape.names.join(', ')}`;
  return `unknown field ${JSON.stringify(name.slice(0, 80))}${meant} (the template ${has})`;
}

function isMap(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: JsonValue): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return `the ${typeof value} ${text.length > 80 ? `${text.slice(0, 77)}...` : text}`;
}
