import { type DescField, type DescMessage, type DescOneof, ScalarType } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';

/** A node of a structural OpenAPI schema as `apiextensions.k8s.io/v1` takes it. */
export type Schema = { readonly [keyword: string]: unknown };

/** Accepts everything; for numbers with a fraction too, which may be written as strings: the API server has no type for both. */
const ANYTHING: Schema = { nullable: true, 'x-kubernetes-preserve-unknown-fields': true };
const ANY_OBJECT: Schema = { type: 'object', ...ANYTHING };

/**
 * The schema of a message: what the API server checks before anybody else sees an object. It accepts whatever the
 * decoder accepts (see docs/decisions/006-open-schemas.md): the types of fields by their JSON names, enums by name
 * and number, integers as strings too, null for "not set" (but for enums: the API server compares null with no
 * enum); fields that it does not know, such as those in the original spelling, are kept for the webhook to judge.
 */
export function messageSchema(desc: DescMessage, above: readonly string[] = []): Schema {
  const wellKnown = wellKnownSchema(desc);
  if (wellKnown !== undefined) return wellKnown;
  if (above.includes(desc.typeName)) return ANY_OBJECT;
  const inside = [...above, desc.typeName];
  const properties = desc.fields.map((field) => [field.jsonName, fieldSchema(field, inside)] as const);
  return {
    type: 'object',
    nullable: true,
    'x-kubernetes-preserve-unknown-fields': true,
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...atMostOne(desc.oneofs),
  };
}

function fieldSchema(field: DescField, above: readonly string[]): Schema {
  switch (field.fieldKind) {
    case 'list':
      return { type: 'array', nullable: true, items: element(field, above) };
    case 'map':
      return { type: 'object', nullable: true, additionalProperties: element(field, above) };
    default:
      return singleSchema(field, above);
  }
}

/** Items of lists and values of maps have no null, but for values that may be anything. */
function element(field: DescField, above: readonly string[]): Schema {
  const schema = singleSchema(field, above);
  if (!('type' in schema) && !('x-kubernetes-int-or-string' in schema)) return schema;
  const { nullable: _, ...rest } = schema;
  return rest;
}

function singleSchema(field: DescField, above: readonly string[]): Schema {
  if (field.message !== undefined) return messageSchema(field.message, above);
  if (field.enum !== undefined) {
    const names = field.enum.values.map(({ name }) => name);
    const numbers = [...new Set(field.enum.values.map(({ number }) => number))];
    return { 'x-kubernetes-int-or-string': true, enum: [...names, ...numbers] };
  }
  return scalarSchema(field.scalar ?? ScalarType.STRING);
}

function scalarSchema(type: ScalarType): Schema {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return { type: 'string', nullable: true };
    case ScalarType.BOOL:
      return { type: 'boolean', nullable: true };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return ANYTHING;
    case ScalarType.UINT32:
    case ScalarType.UINT64:
    case ScalarType.FIXED32:
    case ScalarType.FIXED64:
      return { 'x-kubernetes-int-or-string': true, nullable: true, minimum: 0 };
    default:
      return { 'x-kubernetes-int-or-string': true, nullable: true };
  }
}

function wellKnownSchema(desc: DescMessage): Schema | undefined {
  const [field] = desc.fields;
  if (isWrapperDesc(desc) && field?.scalar !== undefined) return scalarSchema(field.scalar);
  switch (desc.typeName) {
    case 'google.protobuf.Duration':
    case 'google.protobuf.Timestamp':
      return { type: 'string', nullable: true };
    case 'google.protobuf.Struct':
    case 'google.protobuf.Any':
      return ANY_OBJECT;
    case 'google.protobuf.Value':
      return ANYTHING;
    case 'google.protobuf.ListValue':
      return { type: 'array', nullable: true, items: { 'x-kubernetes-preserve-unknown-fields': true } };
    default:
      return undefined;
  }
}

/** At most one member of each oneof; a member that is null counts, as it does for the classic decoder. */
function atMostOne(oneofs: readonly DescOneof[]): Schema {
  const rules = oneofs.map(({ fields }) => {
    const members = fields.map(({ jsonName }) => ({ required: [jsonName] }));
    return { oneOf: [{ not: { anyOf: members } }, ...members] };
  });
  const [only] = rules;
  if (only === undefined) return {};
  return rules.length === 1 ? only : { allOf: rules };
}
