import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  equals,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJsonObject } from './check.ts';
import { makeConfigObject } from './config-object-make.ts';
import { jsonToLocated } from './decode/json.ts';
import { decodeMessage } from './decode/message.ts';
import { encodeMessage, encodeObject } from './encode.ts';
import { KINDS } from './kinds/kinds.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 6 });
const key = fc
  .oneof(text, fc.constantFrom('constructor', 'toString', 'a.b/c'))
  .filter((name) => name !== '__proto__');

const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 2 },
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(key, tie('json'), { maxKeys: 3 }),
  ),
}));

function scalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 5 });
    case ScalarType.DOUBLE:
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case ScalarType.FLOAT:
      return fc.float({ noNaN: true, noDefaultInfinity: true });
    case ScalarType.INT32:
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    case ScalarType.UINT32:
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case ScalarType.INT64:
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case ScalarType.UINT64:
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    default:
      throw new TypeError(`no values for ${ScalarType[type]}`);
  }
}

const enumValue = (desc: DescEnum) => fc.constantFrom(...desc.values.map(({ number }) => number));

/** Values of a well-known type, as one assigns its fields. */
function wellKnown(desc: DescMessage): fc.Arbitrary<Record<string, unknown>> | undefined {
  const [field] = desc.fields;
  if (isWrapperDesc(desc) && field?.scalar !== undefined)
    return scalar(field.scalar).map((value) => ({ value }));
  const nanos = fc.integer({ min: 0, max: 999_999_999 });
  switch (desc.typeName) {
    case 'google.protobuf.Duration':
      return fc
        .tuple(fc.bigInt({ min: 0n, max: 315_576_000_000n }), nanos, fc.boolean())
        .map(([seconds, rest, negative]) =>
          negative ? { seconds: -seconds, nanos: rest === 0 ? 0 : -rest } : { seconds, nanos: rest },
        );
    case 'google.protobuf.Timestamp':
      return fc.record({ seconds: fc.bigInt({ min: 0n, max: 253_402_300_799n }), nanos });
    default:
      return undefined;
  }
}

/** Any message of a type, some fields set, to a depth. */
function message(desc: DescMessage, depth: number): fc.Arbitrary<Message> {
  if (desc.typeName === 'google.protobuf.Struct') {
    return fc
      .dictionary(key, json, { maxKeys: 3 })
      .map((value) => decodeMessage(desc, jsonToLocated(value), { path: '' }).message);
  }
  const fixed = wellKnown(desc);
  if (fixed !== undefined) return fixed.map((init) => create(desc, init));
  const setters = desc.members.map((member) =>
    member.kind === 'oneof'
      ? fc.oneof(...member.fields.map((field) => fieldSetter(field, depth)))
      : fieldSetter(member, depth),
  );
  return fc.tuple(...setters.map((setter) => fc.option(setter))).map((chosen) => {
    const target = reflect(desc);
    for (const set of chosen) set?.(target);
    return target.message;
  });
}

type Setter = (target: ReflectMessage) => void;

function fieldSetter(field: DescField, depth: number): fc.Arbitrary<Setter> {
  if (field.message !== undefined && depth === 0) return fc.constant(() => undefined);
  const single: fc.Arbitrary<unknown> =
    field.message !== undefined
      ? message(field.message, depth - 1).map((value) => reflect(fieldMessage(field), value))
      : field.enum !== undefined
        ? enumValue(field.enum)
        : scalar(field.scalar ?? ScalarType.STRING);
  if (field.fieldKind === 'list') {
    return fc.array(single, { maxLength: 2 }).map((items) => (target) => {
      for (const item of items) target.get(field).add(item);
    });
  }
  if (field.fieldKind === 'map') {
    const keys = field.mapKey === ScalarType.STRING ? key : scalar(field.mapKey);
    return fc.array(fc.tuple(keys, single), { maxLength: 2 }).map((entries) => (target) => {
      for (const [name, value] of entries) target.get(field).set(name, value);
    });
  }
  return single.map((value) => (target) => target.set(field, value));
}

function fieldMessage({ message: desc }: DescField): DescMessage {
  if (desc === undefined) throw new TypeError('not a field of a message');
  return desc;
}

describe('encoding', () => {
  const schemas = new Map(KINDS.map(({ schema }) => [schema.typeName, schema]));

  for (const [typeName, desc] of schemas) {
    it(`writes ${typeName} so that decoding gives it back`, () => {
      fc.assert(
        fc.property(message(desc, 4), (value) => {
          const written = JSON.parse(JSON.stringify(encodeMessage(desc, value)));
          const read = decodeMessage(desc, jsonToLocated(written), { path: 'spec' });
          expect(read.findings).toEqual([]);
          expect(equals(desc, read.message, value)).toBe(true);
        }),
        { numRuns: 30 },
      );
    });

    it(`reads ${typeName} with the original names of fields and the numbers of enums`, () => {
      fc.assert(
        fc.property(message(desc, 4), (value) => {
          const written = toJson(desc, value, { useProtoFieldName: true, enumAsInteger: true });
          const read = decodeMessage(desc, jsonToLocated(written), { path: 'spec' });
          expect(read.findings).toEqual([]);
          expect(equals(desc, read.message, value)).toBe(true);
        }),
        { numRuns: 30 },
      );
    });
  }

  it('writes a whole object as an API server stores it', () => {
    for (const row of KINDS.filter(({ written }) => written)) {
      const object = makeConfigObject({
        kind: row,
        namespace: row.scope === 'cluster' ? '' : 'shop',
        name: 'default',
        spec: create(row.schema),
        labels: { a: 'b' },
        createTime: 1_580_472_000_000,
      });
      for (const apiVersion of row.versions) {
        const written = encodeObject(object, { apiVersion });
        expect(written).toMatchObject({ apiVersion: `${row.group}/${apiVersion}`, kind: row.kind, spec: {} });
        const read = checkJsonObject(written, { file: 'api' });
        expect(read?.resource).toEqual({ kind: row.kind, namespace: object.namespace, name: 'default' });
      }
    }
  });
});
