import { create, type DescMessage, fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import {
  AnySchema,
  isWrapperDesc,
  ListValueSchema,
  StructSchema,
  TimestampSchema,
  ValueSchema,
} from '@bufbuild/protobuf/wkt';
import { parseDuration } from '../duration.ts';
import type { Finding } from '../finding.ts';
import { childText, describe, type Located, type LocatedMap, quote, toJson } from './located.ts';
import { decodeScalar, describeScalar } from './scalar.ts';

/** What decoding needs from its surroundings. */
export type DecodeContext = {
  readonly report: (finding: Finding) => void;
  /** Decodes the fields of a map into a message. */
  readonly decodeFields: (target: ReflectMessage, node: LocatedMap, path: string) => void;
  /** Descriptor of a message type by its full name. */
  readonly resolveType: (typeName: string) => DescMessage | undefined;
  /** Severity of fields that a message does not have. */
  readonly unknownFields: 'error' | 'warning';
};

const WRITTEN_AS_JSON: ReadonlySet<string> = new Set([
  StructSchema.typeName,
  ValueSchema.typeName,
  ListValueSchema.typeName,
]);

/** True for the messages of google.protobuf that have a JSON form of their own. */
export function isWellKnown(desc: DescMessage): boolean {
  return (
    isWrapperDesc(desc) ||
    WRITTEN_AS_JSON.has(desc.typeName) ||
    desc.typeName === 'google.protobuf.Duration' ||
    desc.typeName === TimestampSchema.typeName ||
    desc.typeName === AnySchema.typeName
  );
}

/** Decodes such a message. False when the value does not fit; then there is a finding. */
export function decodeWellKnown(
  target: ReflectMessage,
  node: Located,
  path: string,
  context: DecodeContext,
): boolean {
  const { desc } = target;
  if (isWrapperDesc(desc)) return decodeWrapper(target, node, path, context);
  if (desc.typeName === 'google.protobuf.Duration') return decodeDuration(target, node, path, context);
  if (desc.typeName === AnySchema.typeName) return decodeAny(target, node, path, context);
  if (desc.typeName === StructSchema.typeName && node.kind !== 'map') {
    context.report({ path, line: node.line, message: `expected a map, found ${describe(node)}` });
    return false;
  }
  return decodeByLibrary(target, node, path, context);
}

function decodeWrapper(target: ReflectMessage, node: Located, path: string, context: DecodeContext): boolean {
  const [field] = target.fields;
  if (field?.scalar === undefined) return false;
  const value = decodeScalar(field.scalar, node);
  if (value === undefined) {
    const message = `expected ${describeScalar(field.scalar)}, found ${describe(node)}`;
    context.report({ path, line: node.line, message });
    return false;
  }
  target.set(field, value);
  return true;
}

function decodeDuration(
  target: ReflectMessage,
  node: Located,
  path: string,
  context: DecodeContext,
): boolean {
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
  const duration = text === undefined ? undefined : parseDuration(text);
  const [seconds, nanos] = target.sortedFields;
  if (duration === undefined || seconds === undefined || nanos === undefined) {
    const message = `expected a duration such as "1.5s", found ${describe(node)}`;
    context.report({ path, line: node.line, message });
    return false;
  }
  target.set(seconds, duration.seconds);
  target.set(nanos, duration.nanos);
  return true;
}

function decodeAny(target: ReflectMessage, node: Located, path: string, context: DecodeContext): boolean {
  const typeUrl = childText(node, '@type');
  if (node.kind !== 'map' || typeUrl === undefined) {
    const message = `expected a map with "@type", found ${describe(node)}`;
    context.report({ path, line: node.line, message });
    return false;
  }
  const typeName = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  const desc = context.resolveType(typeName);
  if (desc === undefined) {
    context.report({
      path: `${path}.@type`,
      line: node.line,
      message: `unknown message type ${quote(typeUrl)}`,
    });
    return false;
  }
  const content = reflect(desc);
  const fields = new Map([...node.entries].filter(([key]) => key !== '@type'));
  if (!isWellKnown(desc)) context.decodeFields(content, { ...node, entries: fields }, path);
  else {
    const value = fields.get('value');
    if (value === undefined || !decodeWellKnown(content, value.value, `${path}.value`, context)) return false;
  }
  const any = create(AnySchema, { typeUrl, value: toBinary(desc, content.message) });
  for (const field of target.fields) target.set(field, reflect(AnySchema, any).get(field));
  return true;
}

/** Struct, Value, ListValue and Timestamp, whose JSON form the protobuf library reads well. */
function decodeByLibrary(
  target: ReflectMessage,
  node: Located,
  path: string,
  context: DecodeContext,
): boolean {
  const parsed = parseByLibrary(target.desc, toJson(node));
  if (parsed === undefined) {
    const message = `expected a ${target.desc.name}, found ${describe(node)}`;
    context.report({ path, line: node.line, message });
    return false;
  }
  for (const field of target.fields) if (parsed.isSet(field)) target.set(field, parsed.get(field));
  return true;
}

function parseByLibrary(desc: DescMessage, json: JsonValue): ReflectMessage | undefined {
  try {
    return reflect(desc, fromJson(desc, json));
  } catch {
    return undefined;
  }
}
