import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
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
