import { readFileSync } from 'node:fs';
import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { contractRegistry } from './contract-registry.ts';

/** The facts by `message NAME` or `enum NAME`. */
function readFacts(): ReadonlyMap<string, readonly string[]> {
  const facts = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of readFileSync(new URL('testdata/wire-numbers.txt', import.meta.url), 'utf8').split(
    '\n',
  )) {
    if (line.startsWith('#') || line === '') continue;
    if (line.startsWith('  ')) current.push(line.trim());
    else {
      current = [];
      facts.set(line, current);
    }
  }
  return facts;
}

function typeName(field: DescField): string {
  if (field.message !== undefined) return field.message.typeName;
  if (field.enum !== undefined) return field.enum.typeName;
  return field.scalar === undefined ? '' : ScalarType[field.scalar].toLowerCase();
}

function fieldLine(field: DescField): string {
  const { number, name, fieldKind } = field;
  const single = typeName(field);
  const oneof = field.oneof === undefined ? '' : ` in ${field.oneof.name}`;
  if (fieldKind === 'map') {
    return `${number} ${name} map<${ScalarType[field.mapKey].toLowerCase()},${single}>`;
  }
  return `${number} ${name} ${fieldKind === 'list' ? 'repeated ' : ''}${single}${oneof}`;
}

const lowerCamelCase = (name: string): string => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

const contracts = [...contractRegistry].filter(
  (desc): desc is DescMessage | DescEnum => desc.kind === 'message' || desc.kind === 'enum',
);
const facts = readFacts();

describe('our contracts', () => {
  it('have every message and enum', () => {
    const known = new Set(contracts.map(({ kind, typeName: name }) => `${kind} ${name}`));
    expect([...facts.keys()].filter((name) => !known.has(name))).toEqual([]);
  });

  for (const desc of contracts) {
    const expected = facts.get(`${desc.kind} ${desc.typeName}`);
    if (expected === undefined) continue;
    it(`have the fields and values of ${desc.typeName}`, () => {
      const found =
        desc.kind === 'message'
          ? desc.fields.map(fieldLine)
          : desc.values.map(({ number, name }) => `${number} ${name}`);
      expect(found.sort()).toEqual([...expected].sort());
    });
    if (desc.kind === 'message') {
      it(`write ${desc.typeName} in JSON as users do`, () => {
        expect(desc.fields.map(({ jsonName }) => jsonName)).toEqual(
          desc.fields.map(({ name }) => lowerCamelCase(name)),
        );
      });
    }
  }
});
