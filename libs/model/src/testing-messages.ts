import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonValue,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { jsonToLocated } from './decode/json.ts';
import { decodeMessage } from './decode/message.ts';

const anyText = fc.string({ unit: 'grapheme', maxLength: 6 });

/**
 * Makes messages of any type for tests: some fields set, enums with known numbers, to a depth. Texts and the keys of
 * maps are taken from `text`, so that a test can give the ones that its subject knows.
 */
export function anyMessage(
  desc: DescMessage,
  { depth, text = anyText }: { readonly depth: number; readonly text?: fc.Arbitrary<string> },
): fc.Arbitrary<Message> {
  return new MessageMaker(text).message(desc, depth);
}

type Setter = (target: ReflectMessage) => void;

class MessageMaker {
  readonly #text: fc.Arbitrary<string>;
  readonly #key: fc.Arbitrary<string>;
  readonly #json: fc.Arbitrary<JsonValue>;

  constructor(text: fc.Arbitrary<string>) {
    this.#text = text;
    this.#key = fc
      .oneof(text, fc.constantFrom('constructor', 'toString', 'a.b/c'))
      .filter((name) => name !== '__proto__');
    this.#json = anyJson(text, this.#key);
  }

  message(desc: DescMessage, depth: number): fc.Arbitrary<Message> {
    if (desc.typeName === 'google.protobuf.Struct') {
      return fc
        .dictionary(this.#key, this.#json, { maxKeys: 3 })
        .map((value) => decodeMessage(desc, jsonToLocated(value), { path: '' }).message);
    }
    const fixed = this.#wellKnown(desc);
    if (fixed !== undefined) return fixed.map((init) => create(desc, init));
    const setters = desc.members.map((member) =>
      member.kind === 'oneof'
        ? fc.oneof(...member.fields.map((field) => this.#setter(field, depth)))
        : this.#setter(member, depth),
    );
    return fc.tuple(...setters.map((setter) => fc.option(setter))).map((chosen) => {
      const target = reflect(desc);
      for (const set of chosen) set?.(target);
      return target.message;
    });
  }

  #setter(field: DescField, depth: number): fc.Arbitrary<Setter> {
    if (field.message !== undefined && depth === 0) return fc.constant(() => undefined);
    const single = this.#single(field, depth);
    if (field.fieldKind === 'list') {
      return fc.array(single, { maxLength: 2 }).map((items) => (target) => {
        for (const item of items) target.get(field).add(item);
      });
    }
    if (field.fieldKind === 'map') {
      const keys = field.mapKey === ScalarType.STRING ? this.#key : this.#scalar(field.mapKey);
      return fc.array(fc.tuple(keys, single), { maxLength: 2 }).map((entries) => (target) => {
        for (const [name, value] of entries) target.get(field).set(name, value);
      });
    }
    return single.map((value) => (target) => target.set(field, value));
  }

  #single(field: DescField, depth: number): fc.Arbitrary<unknown> {
    const { message } = field;
    if (message !== undefined)
      return this.message(message, depth - 1).map((value) => reflect(message, value));
    if (field.enum !== undefined) return enumValue(field.enum);
    return this.#scalar(field.scalar ?? ScalarType.STRING);
  }

  #scalar(type: ScalarType): fc.Arbitrary<unknown> {
    switch (type) {
      case ScalarType.STRING:
        return this.#text;
      case ScalarType.BOOL:
        return fc.boolean();
      case ScalarType.BYTES:
        return fc.uint8Array({ maxLength: 5 });
      case ScalarType.DOUBLE:
        // JSON has no negative zero.
        return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
      case ScalarType.FLOAT:
        return fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
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

  /** Values of a well-known type, as one assigns its fields. */
  #wellKnown(desc: DescMessage): fc.Arbitrary<Record<string, unknown>> | undefined {
    const [field] = desc.fields;
    if (isWrapperDesc(desc) && field?.scalar !== undefined)
      return this.#scalar(field.scalar).map((value) => ({ value }));
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
}

const enumValue = (desc: DescEnum) => fc.constantFrom(...desc.values.map(({ number }) => number));

function anyJson(text: fc.Arbitrary<string>, key: fc.Arbitrary<string>): fc.Arbitrary<JsonValue> {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 2 },
      fc.oneof(text, number, fc.boolean(), fc.constant(null)),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(key, tie('json'), { maxKeys: 3 }),
    ),
  }));
  return json;
}
