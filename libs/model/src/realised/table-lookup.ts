import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { FieldState, KindTable } from './table.ts';

/** The name of a message in the tables: its full name without the package. */
export function tableName(desc: DescMessage): string {
  const { package: packageName } = desc.file.proto;
  return packageName === '' ? desc.typeName : desc.typeName.slice(packageName.length + 1);
}

/** What a table says of a field that stands at `place`; undefined when it says nothing. */
export function fieldState(table: KindTable, field: DescField, place: string): FieldState | undefined {
  return table.places?.[place] ?? table.messages[tableName(field.parent)]?.[field.jsonName];
}

/** True for messages that are values in themselves: google.protobuf.Struct, Duration, wrappers … */
export function isLeafMessage(desc: DescMessage): boolean {
  return desc.file.proto.package === 'google.protobuf';
}
