import {
  create,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  type MessageInitShape,
} from '@bufbuild/protobuf';
import { base64Encode, base64Decode as fromBase64 } from '@bufbuild/protobuf/wire';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import {
  ADAPTER,
  type ConfigObject,
  HANDLER,
  INSTANCE,
  KINDS,
  type Kind,
  makeConfigObject,
  TEMPLATE,
} from '@quintet/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLASSIC_ADAPTERS } from './classic-adapters.ts';
import { CLASSIC_TEMPLATES } from './classic-templates.ts';
import { mixerConfigFindings } from './config-findings.ts';
import { mixerObjectFindings } from './object-findings.ts';
import { descriptorOf, mixerObjects, mixerYaml } from './testing-config.ts';
import { SHIPPED_CONFIGURATION } from './testing-shipped-configuration.ts';

describe('the configuration that the classic mesh installs', () => {
  it('has nothing wrong', () => {
    const objects = mixerObjects(...SHIPPED_CONFIGURATION);
    expect(objects.flatMap(mixerObjectFindings)).toEqual([]);
    expect(mixerConfigFindings(objects)).toEqual([]);
  });
});

const text = fc.oneof(
  fc.constantFrom(
    'value',
    'dimensions',
    'subject',
    'quotas',
    'metrics',
    'attribute_bindings',
    'templates',
    'config',
  ),
  fc.constantFrom(
    'source.name',
    '$out.a',
    'a ==',
    '"x"',
    'metric',
    'x.y.z',
    '__proto__',
    'constructor',
    '5s',
    '',
  ),
  fc.string({ maxLength: 12 }),
);
const { value: json } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<JsonValue[]>(null, true, 1, -1, 1.5, 1e300),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
}));
const params = fc.dictionary(text, json, { maxKeys: 6 });

const structs = KINDS.filter(({ schema, group }) => schema === StructSchema && group === 'config.istio.io');

/** The parameters in every place where there can be such. */
function objectsWith(content: JsonObject): readonly ConfigObject[] {
  const named = (kind: Kind, spec: Message): ConfigObject =>
    makeConfigObject({ kind, namespace: 'a', name: kind.kind, spec });
  const handler = (fields: MessageInitShape<typeof HANDLER.schema>) =>
    named(HANDLER, create(HANDLER.schema, { ...fields, params: content }));
  const instance = (fields: MessageInitShape<typeof INSTANCE.schema>) =>
    named(INSTANCE, create(INSTANCE.schema, { ...fields, params: content }));
  return [
    ...[...CLASSIC_ADAPTERS.keys()].map((compiledAdapter) => handler({ compiledAdapter })),
    ...[...CLASSIC_TEMPLATES.keys()].map((compiledTemplate) => instance({ compiledTemplate })),
    handler({ adapter: ADAPTER.kind }),
    instance({ template: TEMPLATE.kind }),
    ...structs.map((kind) => named(kind, fromJson(StructSchema, content))),
  ];
}

describe('the checks take any parameters', () => {
  it('and say the same of them every time', () => {
    fc.assert(
      fc.property(params, (content) => {
        const objects = objectsWith(content);
        const findings = () => [
          ...objects.flatMap(mixerObjectFindings),
          ...mixerConfigFindings(objects).map(({ finding }) => finding),
        ];
        const found = findings();
        expect(findings()).toEqual(found);
        for (const { message } of found) expect(message).not.toMatch(/undefined|NaN|\[object/);
      }),
      { numRuns: 100 },
    );
  });

  it('and any bytes as a descriptor', () => {
    const descriptor = fromBase64(
      descriptorOf({ packageName: 'a', messages: { Params: [], InstanceMsg: [] } }),
    );
    const change = fc.record({ at: fc.nat(descriptor.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(descriptor.length),
        (changes, length) => {
          const bytes = Uint8Array.from(descriptor);
          for (const { at, byte } of changes) bytes[at] = byte;
          const config = base64Encode(bytes.slice(0, length));
          const objects = mixerObjects(
            mixerYaml('adapter', 'a', { templates: ['metric'], config }),
            mixerYaml('template', 't', { descriptor: config }),
            mixerYaml('handler', 'h', { adapter: 'a', params: { x: 1 } }),
            mixerYaml('instance', 'i', { template: 't', params: { x: 1 } }),
          );
          objects.flatMap(mixerObjectFindings);
          mixerConfigFindings(objects);
        },
      ),
      { numRuns: 500 },
    );
  });
});
