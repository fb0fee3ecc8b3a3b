import { create, equals, toJson } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJsonObject } from './check.ts';
import { makeConfigObject } from './config-object-make.ts';
import { jsonToLocated } from './decode/json.ts';
import { decodeMessage } from './decode/message.ts';
import { encodeMessage, encodeObject } from './encode.ts';
import { KINDS } from './kinds/kinds.ts';
import { anyMessage } from './testing-messages.ts';

describe('encoding', () => {
  const schemas = new Map(KINDS.map(({ schema }) => [schema.typeName, schema]));

  for (const [typeName, desc] of schemas) {
    it(`writes ${typeName} so that decoding gives it back`, () => {
      fc.assert(
        fc.property(anyMessage(desc, { depth: 4 }), (value) => {
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
        fc.property(anyMessage(desc, { depth: 4 }), (value) => {
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
