import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { type ConfigObject, kindByName, type RealisationRow, realisationRows } from '@quintet/model';
import { setFields } from './set-fields.ts';

/**
 * What the tables of libs/model call realised, as `kind Message.field`; not the fields that can say nothing more than
 * their absence does: an enum of which only the default is realised, and a message of which no field is.
 */
export function realisedFields(kinds: readonly string[]): ReadonlySet<string> {
  const rows = realisationRows().filter(({ kind }) => kinds.includes(kind));
  const said = rows.filter(({ state, field }) => state === 'realised' && !field.includes('='));
  return new Set(
    said
      .map((row) => ({ row, field: fieldAt(schemaOf(row.kind), row.field) }))
      .filter(({ row, field }) => saysSomething(row, field, rows))
      .map(({ row, field }) => fullName(row.kind, field)),
  );
}

/**
 * The fields of `objects` whose absence changes `outcome`, as `kind Message.field`. Those of `known` are not tried
 * again.
 */
export function fieldsInEffect(options: {
  readonly objects: readonly ConfigObject[];
  readonly kinds: readonly string[];
  readonly outcome: (objects: readonly ConfigObject[]) => string;
  readonly known?: ReadonlySet<string>;
}): ReadonlySet<string> {
  const { objects, kinds, outcome } = options;
  const found = new Set(options.known);
  const before = outcome(objects);
  for (const object of objects.filter(({ kind }) => kinds.includes(kind))) {
    for (const { field, without } of setFields(schemaOf(object.kind), object.spec)) {
      const name = fullName(object.kind, field);
      if (found.has(name)) continue;
      const changed = { ...object, spec: without(), version: `${object.version} without ${name}` };
      if (outcome(objects.map((other) => (other === object ? changed : other))) !== before) found.add(name);
    }
  }
  return found;
}

function saysSomething(
  { kind, field: place }: RealisationRow,
  field: DescField,
  rows: readonly RealisationRow[],
): boolean {
  const statesBelow = (start: string) =>
    rows.filter((row) => row.kind === kind && row.field.startsWith(start)).map(({ state }) => state);
  if (field.enum !== undefined) return statesBelow(`${place}=`).length < field.enum.values.length - 1;
  const inside = statesBelow(`${place}.`);
  return inside.length === 0 || inside.includes('realised');
}

/** The field at a place below a schema: `http.match.uri` is `uri` of HTTPMatchRequest. */
function fieldAt(schema: DescMessage, place: string): DescField {
  const [first = '', ...rest] = place.split('.');
  const field = schema.fields.find(({ jsonName }) => jsonName === first);
  if (field === undefined) throw new Error(`${schema.typeName} has no field ${first}`);
  if (rest.length === 0) return field;
  if (field.message === undefined) throw new Error(`${field.toString()} holds no message`);
  return fieldAt(field.message, rest.join('.'));
}

function fullName(kind: string, { parent, jsonName }: DescField): string {
  return `${kind} ${parent.typeName.slice(parent.file.proto.package.length + 1)}.${jsonName}`;
}

function schemaOf(kind: string): DescMessage {
  const row = kindByName(kind);
  if (row === undefined) throw new Error(`no kind ${kind}`);
  return row.schema;
}
