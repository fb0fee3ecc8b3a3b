import { type DescMessage, isMessage, type MessageShape } from '@bufbuild/protobuf';
import { type ConfigObject, compareByAge } from '@quintet/model';

/** All objects a snapshot is built from, in any order, by kind. */
export type ObjectsByKind = ReadonlyMap<string, readonly ConfigObject[]>;

/** Groups objects by their kind. */
export function objectsByKind(objects: Iterable<ConfigObject>): ObjectsByKind {
  const kinds = new Map<string, ConfigObject[]>();
  for (const object of objects) {
    const list = kinds.get(object.kind);
    if (list) list.push(object);
    else kinds.set(object.kind, [object]);
  }
  return kinds;
}

/**
 * The objects of kinds that share a schema with the type of their spec, oldest first. Objects whose spec is another
 * message are left out.
 */
export function pickKind<Desc extends DescMessage>(
  objects: ObjectsByKind,
  kinds: string | readonly string[],
  schema: Desc,
): readonly ConfigObject<MessageShape<Desc>>[] {
  const wanted = typeof kinds === 'string' ? [kinds] : kinds;
  return wanted
    .flatMap((kind) => objects.get(kind) ?? [])
    .filter((object): object is ConfigObject<MessageShape<Desc>> => isMessage(object.spec, schema))
    .toSorted(compareObjects);
}

/** By age; objects of one name from two collections (synthetic and written) by collection. */
function compareObjects(a: ConfigObject, b: ConfigObject): number {
  return compareByAge(a, b) || (a.collection < b.collection ? -1 : a.collection > b.collection ? 1 : 0);
}
