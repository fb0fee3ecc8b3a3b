import { type DescEnum, type DescMessage, isFieldSet, type MessageShape } from '@bufbuild/protobuf';
import {
  AnyRulesSchema,
  BytesRulesSchema,
  DoubleRulesSchema,
  DurationRulesSchema,
  type EnumRules,
  EnumRulesSchema,
  type FieldRules,
  Fixed32RulesSchema,
  Fixed64RulesSchema,
  FloatRulesSchema,
  Int32RulesSchema,
  Int64RulesSchema,
  SFixed32RulesSchema,
  SFixed64RulesSchema,
  SInt32RulesSchema,
  SInt64RulesSchema,
  StringRulesSchema,
  TimestampRulesSchema,
  UInt32RulesSchema,
  UInt64RulesSchema,
} from '@quintet/proto/validate/validate_pb.js';
import { type Check, type Constraint, checkAll } from './fault.ts';
import { type Bounds, boundConstraints } from './number-constraints.ts';
import { type StringBounds, stringConstraints } from './string-constraints.ts';

const NUMBERS: Readonly<Record<string, DescMessage>> = {
  float: FloatRulesSchema,
  double: DoubleRulesSchema,
  int32: Int32RulesSchema,
  int64: Int64RulesSchema,
  uint32: UInt32RulesSchema,
  uint64: UInt64RulesSchema,
  sint32: SInt32RulesSchema,
  sint64: SInt64RulesSchema,
  fixed32: Fixed32RulesSchema,
  fixed64: Fixed64RulesSchema,
  sfixed32: SFixed32RulesSchema,
  sfixed64: SFixed64RulesSchema,
  enum: EnumRulesSchema,
};

/** The check that a field's rules ask of one value; lists and maps are looked at elsewhere. */
export function ruleCheck({ type }: FieldRules, values?: DescEnum): Check {
  switch (type.case) {
    case undefined:
    case 'repeated':
    case 'map':
      return () => undefined;
    case 'bool':
      return checkAll([{ expected: String(type.value.const), holds: (value) => value === type.value.const }]);
    case 'string': {
      const rules: StringBounds = {
        ...setFields(StringRulesSchema, type.value),
        wellKnown: type.value.wellKnown,
      };
      return unlessEmpty(type.value.ignoreEmpty, checkAll(stringConstraints(rules)));
    }
    case 'bytes':
      return unlessEmpty(
        type.value.ignoreEmpty,
        checkAll(bytesConstraints(setFields(BytesRulesSchema, type.value))),
      );
    case 'duration':
      return checkAll(boundConstraints(setFields(DurationRulesSchema, type.value), nanosOf, secondsText));
    case 'timestamp':
      return checkAll(
        boundConstraints(
          { ...setFields(TimestampRulesSchema, type.value), in: [], notIn: [] },
          nanosOf,
          secondsText,
        ),
      );
    case 'any':
      return checkAll(anyConstraints(setFields(AnyRulesSchema, type.value)));
    case 'enum':
      return enumCheck(type.value, values);
    default:
      return numberCheck(type.case, type.value);
  }
}

function enumCheck(rules: EnumRules, values: DescEnum | undefined): Check {
  const bounds = numberCheck('enum', rules);
  if (!rules.definedOnly || values === undefined) return bounds;
  const holds = (value: unknown) => values.values.some(({ number }) => number === value);
  const defined = checkAll([{ expected: `a value of ${values.name}`, holds }]);
  return (value, path, report) => {
    bounds(value, path, report);
    defined(value, path, report);
  };
}

/** Numbers and enums: what is not set does not restrict, although it reads as zero. */
function numberCheck(kind: string, rules: unknown): Check {
  const schema = NUMBERS[kind];
  if (schema === undefined) throw new TypeError(`unknown rules ${kind}`);
  const bounds = setFields(schema, rules as MessageShape<DescMessage>) as unknown as Bounds<number | bigint>;
  const ignoreEmpty = 'ignoreEmpty' in bounds && bounds.ignoreEmpty === true;
  return unlessEmpty(ignoreEmpty, checkAll(boundConstraints(bounds, orderable, String)));
}

/** The fields of rules that are set; lists always. Rules are proto2: an unset field reads as its default. */
function setFields<Desc extends DescMessage>(
  schema: Desc,
  rules: MessageShape<Desc>,
): SetFields<MessageShape<Desc>> {
  const entries = schema.fields
    .filter((field) => field.oneof === undefined && (field.fieldKind === 'list' || isFieldSet(rules, field)))
    .map((field) => [field.localName, Reflect.get(rules, field.localName)]);
  return Object.fromEntries(entries) as SetFields<MessageShape<Desc>>;
}

type SetFields<Message> = {
  [Key in keyof Message as Message[Key] extends readonly unknown[] ? Key : never]: Message[Key];
} & { [Key in keyof Message as Message[Key] extends readonly unknown[] ? never : Key]?: Message[Key] };

function unlessEmpty(ignoreEmpty: boolean, check: Check): Check {
  if (!ignoreEmpty) return check;
  return (value, path, report) => {
    const isEmpty =
      value === '' || value === 0 || value === 0n || (value instanceof Uint8Array && value.length === 0);
    if (!isEmpty) check(value, path, report);
  };
}

type LengthRules = { readonly len?: bigint; readonly minLen?: bigint; readonly maxLen?: bigint };

/** Of bytes Envoy's API restricts the length only; another rule is a change of that API to be told about. */
function bytesConstraints(rules: LengthRules): Constraint[] {
  const { len, minLen, maxLen } = rules;
  const unknown = Object.entries(rules).filter(
    ([key, value]) => !BYTES_KNOWN.has(key) && !isEmptyList(value),
  );
  if (unknown.length > 0)
    throw new TypeError(`rules of bytes not understood: ${unknown.map(([key]) => key)}`);
  const is = (test: (length: bigint) => boolean) => (value: unknown) =>
    value instanceof Uint8Array && test(BigInt(value.length));
  return [
    ...(len === undefined ? [] : [{ expected: `${len} bytes`, holds: is((length) => length === len) }]),
    ...(minLen === undefined
      ? []
      : [{ expected: `at least ${minLen} bytes`, holds: is((length) => length >= minLen) }]),
    ...(maxLen === undefined
      ? []
      : [{ expected: `at most ${maxLen} bytes`, holds: is((length) => length <= maxLen) }]),
  ];
}

const BYTES_KNOWN: ReadonlySet<string> = new Set(['len', 'minLen', 'maxLen', 'ignoreEmpty']);

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function anyConstraints(rules: {
  readonly in: readonly string[];
  readonly notIn: readonly string[];
}): Constraint[] {
  const urlOf = (value: unknown) =>
    typeof value === 'object' && value !== null && 'typeUrl' in value ? String(value.typeUrl) : '';
  return [
    ...(rules.in.length === 0
      ? []
      : [
          {
            expected: `a message of ${rules.in.join(', ')}`,
            holds: (value: unknown) => rules.in.includes(urlOf(value)),
          },
        ]),
    ...rules.notIn.map((url) => ({ expected: `no ${url}`, holds: (value: unknown) => urlOf(value) !== url })),
  ];
}

function orderable(value: unknown): number | bigint {
  return typeof value === 'number' || typeof value === 'bigint' ? value : Number.NaN;
}

/** Durations and timestamps in nanoseconds. */
function nanosOf(value: unknown): bigint {
  if (typeof value !== 'object' || value === null || !('seconds' in value) || !('nanos' in value)) return 0n;
  const { seconds, nanos } = value;
  return BigInt(String(seconds)) * 1_000_000_000n + BigInt(String(nanos));
}

function secondsText(value: { readonly seconds: bigint; readonly nanos: number }): string {
  return `${Number(nanosOf(value)) / 1e9} s`;
}
