import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { FieldState, KindTable } from './table.ts';
import { fieldState, isLeafMessage } from './table-lookup.ts';

/** A field that has to be looked at in an object of a kind: something in it, or below it, is not realised. */
export type WatchedField = {
  readonly field: DescField;
  /** Where the field stands in the spec, without indices. */
  readonly place: string;
  /** Undefined where the table says nothing. */
  readonly state: FieldState | undefined;
  /** The fields to look at inside, where the field itself is realised. */
  readonly inside: () => readonly WatchedField[];
};

const NOTHING = (): readonly WatchedField[] => [];
const KNOWN = new WeakMap<KindTable, Map<DescMessage, readonly WatchedField[]>>();

/** The fields of a kind's spec that have to be looked at; most of a spec is realised and need not be. */
export function watchedFields(table: KindTable, schema: DescMessage): readonly WatchedField[] {
  const bySchema = KNOWN.get(table) ?? new Map<DescMessage, readonly WatchedField[]>();
  const watched = bySchema.get(schema) ?? watchedBelow(table, schema, '', []);
  KNOWN.set(table, bySchema.set(schema, watched));
  return watched;
}

function watchedBelow(
  table: KindTable,
  desc: DescMessage,
  place: string,
  above: readonly string[],
): readonly WatchedField[] {
  const path = [...above, desc.typeName];
  return desc.fields.flatMap((field): WatchedField[] => {
    const fieldPlace = place === '' ? field.jsonName : `${place}.${field.jsonName}`;
    const state = fieldState(table, field, fieldPlace);
    if (state !== 'realised') return [{ field, place: fieldPlace, state, inside: NOTHING }];
    const { message } = field;
    if (message === undefined || isLeafMessage(message)) return [];
    // A message inside itself is followed as far as an object goes.
    if (path.includes(message.typeName)) {
      return [
        { field, place: fieldPlace, state, inside: () => watchedBelow(table, message, fieldPlace, []) },
      ];
    }
    const inside = watchedBelow(table, message, fieldPlace, path);
    return inside.length === 0 ? [] : [{ field, place: fieldPlace, state, inside: () => inside }];
  });
}
