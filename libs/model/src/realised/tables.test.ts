import { describe, expect, it } from 'vitest';
import { KINDS } from '../kinds/kinds.ts';
import { acceptedFields, realisationRows } from './rows.ts';
import { fieldState, tableName } from './table-lookup.ts';
import { REALISATION } from './tables.ts';

describe('the table of what is realised', () => {
  it('is printed with a row for each field and each value that differs', () => {
    const rows = realisationRows();
    expect(rows).toContainEqual({
      kind: 'VirtualService',
      field: 'http.route.weight',
      state: 'realised',
      reason: '',
    });
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'RbacConfig', field: '', state: 'refused' }));
    expect(rows.filter((row) => row.state !== 'realised' && row.reason === '')).toEqual([]);
  });

  it('has every kind', () => {
    expect([...REALISATION.keys()].sort()).toEqual(KINDS.map((row) => row.kind).sort());
  });

  for (const row of KINDS) {
    const table = REALISATION.get(row.kind);
    if (table === undefined || 'whole' in table) continue;
    const places = acceptedFields(table, row.schema);

    it(`says of every field of ${row.kind} whether it is realised`, () => {
      const silent = [...places].filter(([place, field]) => fieldState(table, field, place) === undefined);
      expect(
        silent.map(([place, field]) => `${place} (${tableName(field.parent)}.${field.jsonName})`),
      ).toEqual([]);
    });

    it(`has no entry of ${row.kind} without a field`, () => {
      const known = new Set(
        [...places.values()].map((field) => `${tableName(field.parent)}.${field.jsonName}`),
      );
      const entries = Object.entries(table.messages).flatMap(([message, fields]) =>
        Object.keys(fields).map((field) => `${message}.${field}`),
      );
      expect(entries.filter((entry) => !known.has(entry))).toEqual([]);
      expect(Object.keys(table.places ?? {}).filter((place) => !places.has(place))).toEqual([]);
    });

    it(`names the messages of ${row.kind} without ambiguity`, () => {
      const types = new Map<string, string>();
      for (const { parent } of places.values()) {
        expect(types.get(tableName(parent)) ?? parent.typeName).toBe(parent.typeName);
        types.set(tableName(parent), parent.typeName);
      }
    });

    it(`excepts only values that the enums of ${row.kind} have`, () => {
      for (const [place, field] of places) {
        const state = fieldState(table, field, place);
        if (state === undefined || state === 'realised' || 'reported' in state) continue;
        const names = field.enum?.values.map((value) => value.name) ?? [];
        for (const name of Object.keys(state.except)) expect(names, place).toContain(name);
      }
    });
  }
});
