import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { below, pick, type RandomNumbers } from './random.ts';

const WELL_KNOWN: ReadonlyMap<string, readonly JsonValue[]> = new Map<string, readonly JsonValue[]>([
  ['google.protobuf.Duration', ['5s', '0.1s', '1h', '-1s', '10']],
  ['google.protobuf.Timestamp', ['2020-01-01T00:00:00Z', 'yesterday']],
  ['google.protobuf.Struct', [{ a: 1, b: { c: [true, null] } }, {}]],
  ['google.protobuf.Value', [null, 1, 'a', [1], { a: {} }]],
  ['google.protobuf.Any', [{ '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' }]],
  ['google.protobuf.BoolValue', [true, false]],
  ['google.protobuf.UInt32Value', [0, 7]],
  ['google.protobuf.Int32Value', [0, -7]],
  ['google.protobuf.StringValue', ['', 'a']],
  ['google.protobuf.DoubleValue', [0.5]],
]);

const TEXTS = [
  ...[
    'reviews',
    'reviews.shop.svc.cluster.local',
    '*.example.com',
    '*',
    '',
    '10.0.0.0/8',
    '1.2.3.4',
    '/path',
  ],
  ...[
    'source.ip == ip("1.2.3.4")',
    'request.headers["a"] | "b"',
    'v1',
    'HTTP',
    '5s',
    'istio-system/gateway',
    '^a.*',
  ],
];
const NUMBERS = [0, 1, 80, 443, 100, 65_535, 65_536, -1, 2 ** 31 - 1];

/** JSON of a message as people write it: fields of the right names, values mostly of the right types. */
export function randomMessage(desc: DescMessage, random: RandomNumbers, depth = 0): JsonObject {
  const fields = desc.fields.filter(() => random() < (depth === 0 ? 0.5 : 0.3));
  return Object.fromEntries(fields.map((field) => [field.jsonName, ofField(field, random, depth)]));
}

function ofField(field: DescField, random: RandomNumbers, depth: number): JsonValue {
  const one = () => ofElement(field, random, depth);
  if (field.fieldKind === 'list') return Array.from({ length: below(3, random) }, one);
  if (field.fieldKind !== 'map') return one();
  return Object.fromEntries(Array.from({ length: below(3, random) }, () => [pick(TEXTS, random), one()]));
}

function ofElement(field: DescField, random: RandomNumbers, depth: number): JsonValue {
  if (field.message !== undefined) {
    const known = WELL_KNOWN.get(field.message.typeName);
    if (known !== undefined) return pick(known, random);
    return depth > 3 ? {} : randomMessage(field.message, random, depth + 1);
  }
  if (field.enum !== undefined) return pick(field.enum.values, random).name;
  return ofScalar(field.scalar, random);
}

function ofScalar(type: ScalarType | undefined, random: RandomNumbers): JsonValue {
  switch (type) {
    case ScalarType.BOOL:
      return random() < 0.5;
    case ScalarType.STRING:
      return pick(TEXTS, random);
    case ScalarType.BYTES:
      return 'YQ==';
    default:
      return pick(NUMBERS, random);
  }
}
