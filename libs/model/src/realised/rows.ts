import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { KINDS } from '../kinds/kinds.ts';
import type { FieldState, KindTable } from './table.ts';
import { fieldState, isLeafMessage } from './table-lookup.ts';
import { REALISATION } from './tables.ts';

/** One line of the documentation: what becomes of a field. */
export type RealisationRow = {
  readonly kind: string;
  /** The field without indices, `http.route.weight`; with a value, `action=DENY`; empty for the kind as a whole. */
  readonly field: string;
  readonly state: 'realised' | 'reported' | 'refused';
  /** Why it is not realised, or what to do instead. */
  readonly reason: string;
};

/** Every field that every kind accepts, and what becomes of it: the tables as documentation prints them. */
export function realisationRows(): readonly RealisationRow[] {
  return KINDS.filter((row) => row.written || row.kind === 'MeshConfig').flatMap(({ kind, schema }) => {
    const table = REALISATION.get(kind);
    if (table === undefined) return [];
    if ('whole' in table) return rowsOf(kind, '', table.whole);
    return [...acceptedFields(table, schema)].flatMap(([place, field]) => {
      return rowsOf(kind, place, fieldState(table, field, place) ?? 'realised');
    });
  });
}

/** Every field that a schema accepts, by its place. Below a field that is only reported nothing matters any more. */
export function acceptedFields(table: KindTable, schema: DescMessage): ReadonlyMap<string, DescField> {
  const places = new Map<string, DescField>();
  const visit = (message: DescMessage, place: string, above: readonly string[]): void => {
    if (isLeafMessage(message) || above.includes(message.typeName)) return;
    for (const field of message.fields) {
      const fieldPlace = place === '' ? field.jsonName : `${place}.${field.jsonName}`;
      places.set(fieldPlace, field);
      if (field.message !== undefined && fieldState(table, field, fieldPlace) === 'realised') {
        visit(field.message, fieldPlace, [...above, message.typeName]);
      }
    }
  };
  visit(schema, '', []);
  return places;
}

function rowsOf(kind: string, field: string, state: FieldState): RealisationRow[] {
  if (state === 'realised') return [{ kind, field, state, reason: '' }];
  if ('reported' in state) {
    return [{ kind, field, state: state.restricts ? 'refused' : 'reported', reason: state.reported }];
  }
  const values = Object.entries(state.except).flatMap(([value, but]) =>
    rowsOf(kind, `${field}=${value}`, but),
  );
  return [{ kind, field, state: 'realised', reason: '' }, ...values];
}
