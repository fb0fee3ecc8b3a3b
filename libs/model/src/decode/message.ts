import {
  clone,
  create,
  type DescField,
  type DescMessage,
  type DescOneof,
  type MessageShape,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import type { Finding } from '../finding.ts';
import { childPath, describe, type Located, type LocatedMap, quote } from './located.ts';
import { decodeEnum, decodeScalar, describeScalar } from './scalar.ts';
import { suggest } from './suggest.ts';
import { type DecodeContext, decodeWellKnown, isWellKnown } from './well-known.ts';

/** How to decode a message. */
export type DecodeOptions<Desc extends DescMessage> = {
  /** Path of the value in its object, e.g. `spec`; the paths of findings begin with it. */
  readonly path: string;
  /** Finds the types of `google.protobuf.Any` values. Without it an Any is a finding. */
  readonly resolveType?: DecodeContext['resolveType'];
  /** Severity of fields that the message does not have; `error` when absent. */
  readonly unknownFields?: 'error' | 'warning';
  /** A message with defaults: fields that are written replace its fields, messages are merged field by field. */
  readonly onto?: MessageShape<Desc>;
};

/** The decoded message, as far as it could be decoded, and everything that was wrong. */
export type Decoded<Desc extends DescMessage> = {
  readonly message: MessageShape<Desc>;
  readonly findings: readonly Finding[];
};

/**
 * Decodes YAML or JSON strictly against a protobuf descriptor, by the rules of proto3 JSON: field names in both
 * spellings, enums by name and number, integers also as strings, `null` for "not set". Findings are: unknown
 * fields (with the field that was probably meant), a field or a member of a oneof set twice, values that do not fit
 * their type. All of them are found in one pass. Keys of maps are put in sorted, so equal content gives equal bytes.
 */
export function decodeMessage<Desc extends DescMessage>(
  desc: Desc,
  node: Located,
  options: DecodeOptions<Desc>,
): Decoded<Desc> {
  const findings: Finding[] = [];
  const message = options.onto === undefined ? create(desc) : clone(desc, options.onto);
  const context: DecodeContext = {
    report: (finding) => findings.push(finding),
    decodeFields: (target, map, path) => decodeFields(target, map, path, context),
    resolveType: options.resolveType ?? (() => undefined),
    unknownFields: options.unknownFields ?? 'error',
  };
  decodeInto(reflect(desc, message), node, options.path, context);
  return { message, findings };
}

/** Decodes into a message that may hold values already. False when nothing could be made of the value. */
function decodeInto(target: ReflectMessage, node: Located, path: string, context: DecodeContext): boolean {
  if (isWellKnown(target.desc)) return decodeWellKnown(target, node, path, context);
  if (node.kind !== 'map') {
    const message = `expected a map with the fields of ${target.desc.name}, found ${describe(node)}`;
    context.report({ path, line: node.line, message });
    return false;
  }
  decodeFields(target, node, path, context);
  return true;
}

function decodeFields(target: ReflectMessage, node: LocatedMap, path: string, context: DecodeContext): void {
  let seen: Map<DescField | DescOneof, string> | undefined;
  const fields = fieldsOf(target.desc);
  for (const [key, entry] of node.entries) {
    const field = fields.get(key);
    if (field === undefined) {
      const message = unknownField(target.desc, key);
      const severity = context.unknownFields;
      context.report({ path: childPath(path, key), line: entry.line, message, severity, unknownField: true });
      continue;
    }
    const fieldPath = path === '' ? key : `${path}.${key}`;
    if (entry.value.kind === 'scalar' && entry.value.value === null && !acceptsNull(field)) continue;
    const group = field.oneof ?? field;
    const before = seen?.get(group);
    if (before !== undefined) {
      const message = field.oneof
        ? `only one of ${field.oneof.fields.map((each) => each.jsonName).join(', ')} may be set, found ${before} and ${key}`
        : `the field is set twice, as ${before} and as ${key}`;
      context.report({ path: fieldPath, line: entry.line, message });
      continue;
    }
    // A field of one spelling, in no oneof, cannot be set twice: most are, and need no map.
    if (field.oneof !== undefined || field.name !== field.jsonName)
      seen = (seen ?? new Map()).set(group, key);
    decodeField(target, field, entry.value, fieldPath, context);
  }
}

function decodeField(
  target: ReflectMessage,
  field: DescField,
  node: Located,
  path: string,
  context: DecodeContext,
): void {
  switch (field.fieldKind) {
    case 'list':
      decodeList(target, field, node, path, context);
      return;
    case 'map':
      decodeMap(target, field, node, path, context);
      return;
    case 'message': {
      const current = target.get(field);
      if (decodeInto(current, node, path, context)) target.set(field, current);
      return;
    }
    default: {
      const value = decodeSingle(field, node, path, context);
      if (value !== undefined) target.set(field, value);
    }
  }
}

function decodeList(
  target: ReflectMessage,
  field: DescField & { fieldKind: 'list' },
  node: Located,
  path: string,
  context: DecodeContext,
): void {
  if (node.kind !== 'list') {
    context.report({ path, line: node.line, message: `expected a list, found ${describe(node)}` });
    return;
  }
  const list = target.get(field);
  list.clear();
  for (const [index, item] of node.items.entries()) {
    const value = decodeElement(field, item, `${path}[${index}]`, context);
    if (value !== undefined) list.add(value);
  }
}

function decodeMap(
  target: ReflectMessage,
  field: DescField & { fieldKind: 'map' },
  node: Located,
  path: string,
  context: DecodeContext,
): void {
  if (node.kind !== 'map') {
    context.report({ path, line: node.line, message: `expected a map, found ${describe(node)}` });
    return;
  }
  const map = target.get(field);
  map.clear();
  const { entries } = node;
  const sorted = entries.size > 1 ? [...entries].sort(([a], [b]) => (a < b ? -1 : 1)) : entries;
  for (const [key, entry] of sorted) {
    const entryPath = childPath(path, key);
    const decodedKey = decodeMapKey(field, key, entry.line);
    if (decodedKey === undefined) {
      const message = `the key ${quote(key)} is not ${describeScalar(field.mapKey)}`;
      context.report({ path: entryPath, line: entry.line, message });
      continue;
    }
    const value = decodeElement(field, entry.value, entryPath, context);
    if (value !== undefined) map.set(decodedKey, value);
  }
}

function decodeMapKey(field: DescField & { fieldKind: 'map' }, key: string, line: number): unknown {
  if (key === 'true' || key === 'false') {
    const asBoolean = decodeScalar(field.mapKey, { kind: 'scalar', value: key === 'true', line });
    if (asBoolean !== undefined) return asBoolean;
  }
  return decodeScalar(field.mapKey, { kind: 'scalar', value: key, line });
}

/** An item of a list or a value of a map. */
function decodeElement(
  field: DescField & { fieldKind: 'list' | 'map' },
  node: Located,
  path: string,
  context: DecodeContext,
): unknown {
  if (field.message === undefined) return decodeSingle(field, node, path, context);
  const element = reflect(field.message);
  return decodeInto(element, node, path, context) ? element : undefined;
}

function decodeSingle(field: DescField, node: Located, path: string, context: DecodeContext): unknown {
  if (field.enum !== undefined) {
    const value = decodeEnum(field.enum, node);
    if (value === undefined) {
      const names = field.enum.values.map((known) => known.name);
      const guess = node.kind === 'scalar' ? suggest(String(node.value), names) : undefined;
      const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
      const message = `expected one of ${names.join(', ')}, found ${describe(node)}${hint}`;
      context.report({ path, line: node.line, message });
    }
    return value;
  }
  if (field.scalar === undefined) return undefined;
  const value = decodeScalar(field.scalar, node);
  if (value === undefined) {
    const message = `expected ${describeScalar(field.scalar)}, found ${describe(node)}`;
    context.report({ path, line: node.line, message });
  }
  return value;
}

const FIELDS = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

/** The fields of a message by both spellings. */
function fieldsOf(desc: DescMessage): ReadonlyMap<string, DescField> {
  const known = FIELDS.get(desc);
  if (known !== undefined) return known;
  const fields = new Map(
    desc.fields.flatMap((field): [string, DescField][] => [
      [field.name, field],
      [field.jsonName, field],
    ]),
  );
  FIELDS.set(desc, fields);
  return fields;
}

function acceptsNull(field: DescField): boolean {
  return field.fieldKind === 'message' && field.message.typeName === 'google.protobuf.Value';
}

function unknownField(desc: DescMessage, key: string): string {
  const guess = suggest(
    key,
    desc.fields.map((field) => field.jsonName),
  );
  const hint = guess === undefined ? '' : `; did you mean ${quote(guess)}?`;
  return `unknown field ${quote(key)} in ${desc.name}${hint}`;
}
