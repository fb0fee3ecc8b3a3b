import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { compareByAge } from '../../age.ts';
import type { ConfigObject } from '../../config-object.ts';
import { isOfSchema, type KindOf } from '../../kinds/kind.ts';

/** The objects of one kind, with the type of its spec. */
export function pickKind<Desc extends DescMessage>(
  objects: readonly ConfigObject[],
  row: KindOf<Desc>,
): ConfigObject<MessageShape<Desc>>[] {
  return objects.filter(
    (object): object is ConfigObject<MessageShape<Desc>> =>
      object.kind === row.kind && isOfSchema(object, row.schema),
  );
}

/** The same, oldest first: of two that claim one thing the older one has it. */
export function pickByAge<Desc extends DescMessage>(
  objects: readonly ConfigObject[],
  row: KindOf<Desc>,
): ConfigObject<MessageShape<Desc>>[] {
  return pickKind(objects, row).toSorted(compareByAge);
}
