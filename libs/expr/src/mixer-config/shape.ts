import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { AttributeManifest } from '../manifest.ts';
import type { ValueType } from '../value.ts';

/** What the parameters of an instance hold in place of one field of the template's message. */
export type FieldShape =
  /** An expression of one of the types; of any without them. */
  | { readonly kind: 'expression'; readonly types?: readonly ValueType[] }
  | { readonly kind: 'map'; readonly of: FieldShape }
  | { readonly kind: 'list'; readonly of: FieldShape }
  | { readonly kind: 'message'; readonly shape: Shape }
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  /** A form that expressions have no value for. */
  | { readonly kind: 'unsupported'; readonly what: string };

/** The parameters of an instance, or a message in them. */
export type Shape = {
  readonly name: string;
  /** By the name that is written, in both spellings. */
  readonly field: (name: string) => FieldShape | undefined;
  /** In the spelling of the template. */
  readonly names: readonly string[];
};

/** Every instance carries its own name there, and nobody writes it. */
const NAME_FIELD = 72_295_727;

const POLICY = 'istio.policy.v1beta1.';
const MESSAGE_TYPES: ReadonlyMap<string, ValueType> = new Map([
  [`${POLICY}TimeStamp`, 'TIMESTAMP'],
  [`${POLICY}IPAddress`, 'IP_ADDRESS'],
  [`${POLICY}Duration`, 'DURATION'],
  [`${POLICY}DNSName`, 'DNS_NAME'],
  [`${POLICY}EmailAddress`, 'EMAIL_ADDRESS'],
  [`${POLICY}Uri`, 'URI'],
  [`${POLICY}StringMap`, 'STRING_MAP'],
  ['google.protobuf.Timestamp', 'TIMESTAMP'],
  ['google.protobuf.Duration', 'DURATION'],
]);

const shapes = new WeakMap<DescMessage, Shape>();

/** The shape of the parameters for a template's message. Messages that hold themselves are fine. */
export function shapeOf(desc: DescMessage): Shape {
  const known = shapes.get(desc);
  if (known !== undefined) return known;
  const fields = desc.fields.filter(({ number }) => number !== NAME_FIELD);
  const made = new Map<string, FieldShape>();
  const bySpelling = new Map(
    fields.flatMap((field) => [field.name, field.jsonName].map((name) => [name, field])),
  );
  const shape: Shape = {
    name: desc.name,
    names: fields.map(({ name }) => name),
    field: (name) => {
      const field = bySpelling.get(name);
      if (field === undefined) return undefined;
      const before = made.get(field.name) ?? fieldShape(field);
      made.set(field.name, before);
      return before;
    },
  };
  shapes.set(desc, shape);
  return shape;
}

/** The shape of a template that is written down by its types: `map` stands for named values of any type. */
export function shapeOfTypes(name: string, types: Readonly<Record<string, ValueType | 'map'>>): Shape {
  const fields = new Map<string, FieldShape>();
  for (const [field, type] of Object.entries(types)) {
    const shape: FieldShape =
      type === 'map' ? { kind: 'map', of: { kind: 'expression' } } : { kind: 'expression', types: [type] };
    fields.set(field, shape);
    fields.set(
      field.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
      shape,
    );
  }
  return { name, names: Object.keys(types), field: (written) => fields.get(written) };
}

/** The attributes that a message of output makes: its fields that have a type of the expression language. */
export function outputOf(desc: DescMessage): AttributeManifest {
  return new Map(
    desc.fields.flatMap((field) => {
      const type = outputType(field);
      return type === undefined ? [] : [[field.name, type] as const];
    }),
  );
}

function outputType(field: DescField): ValueType | undefined {
  if (field.fieldKind === 'map') return field.scalar === ScalarType.STRING ? 'STRING_MAP' : undefined;
  const shape = fieldShape(field);
  return shape.kind === 'expression' ? shape.types?.[0] : undefined;
}

function fieldShape(field: DescField): FieldShape {
  switch (field.fieldKind) {
    case 'scalar':
      return scalarShape(field.scalar);
    case 'enum':
      return enumShape(field.enum);
    case 'message':
      return messageShape(field.message);
    case 'list':
      return { kind: 'list', of: elementShape(field.listKind, field) };
    case 'map':
      return { kind: 'map', of: elementShape(field.mapKind, field) };
  }
}

type Element = Pick<DescField, 'scalar' | 'enum' | 'message'>;

function elementShape(
  kind: 'scalar' | 'enum' | 'message',
  { scalar, enum: names, message }: Element,
): FieldShape {
  if (kind === 'scalar' && scalar !== undefined) return scalarShape(scalar);
  if (kind === 'enum' && names !== undefined) return enumShape(names);
  if (message !== undefined) return messageShape(message);
  return { kind: 'unsupported', what: kind };
}

function enumShape({ values }: { readonly values: readonly { readonly name: string }[] }): FieldShape {
  return { kind: 'enum', names: values.map(({ name }) => name) };
}

function messageShape(message: DescMessage): FieldShape {
  if (message.typeName === `${POLICY}Value`) return { kind: 'expression' };
  const type = MESSAGE_TYPES.get(message.typeName);
  if (type !== undefined) return { kind: 'expression', types: [type] };
  return { kind: 'message', shape: shapeOf(message) };
}

function scalarShape(scalar: ScalarType): FieldShape {
  switch (scalar) {
    case ScalarType.STRING:
      return { kind: 'expression', types: ['STRING'] };
    case ScalarType.BOOL:
      return { kind: 'expression', types: ['BOOL'] };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { kind: 'expression', types: ['DOUBLE'] };
    case ScalarType.BYTES:
      return { kind: 'unsupported', what: 'bytes' };
    default:
      return { kind: 'expression', types: ['INT64'] };
  }
}
