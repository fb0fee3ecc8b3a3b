import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { KINDS, NATIVE_KINDS } from '@quintet/model';
import { mutateTree } from './mutate.ts';
import { NATIVE_OBJECTS, OBJECTS } from './objects.ts';
import { below, pick, type RandomNumbers } from './random.ts';
import { randomMessage } from './random-message.ts';

/** Makes objects of all kinds that are right or nearly so. */
export function randomObject(random: RandomNumbers): JsonObject {
  const choice = random();
  if (choice < 0.4) return pick(OBJECTS, random);
  if (choice < 0.65) return pick(NATIVE_OBJECTS, random);
  const kind = pick(KINDS, random);
  const version = kind.versions.length === 0 ? 'v1' : pick(kind.versions, random);
  const metadata = { name: 'a', namespace: 'shop', labels: { app: 'a' }, annotations: { 'a.b/c': 'd' } };
  const head = { apiVersion: `${kind.group}/${version}`, kind: kind.kind };
  return { ...head, metadata, spec: randomMessage(kind.schema, random) };
}

/** One object, or a `List` of some, with up to three changes for the worse. */
export function randomDocument(random: RandomNumbers): JsonValue {
  const one = () => randomObject(random);
  let document: JsonValue =
    random() < 0.02 ? { apiVersion: 'v1', kind: 'List', items: [one(), one(), one()] } : one();
  for (let count = below(4, random); count > 0; count -= 1) document = mutateTree(document, random);
  return document;
}

/** Every kind that documents can be of. */
export const ALL_KINDS: readonly string[] = [...KINDS, ...NATIVE_KINDS].map(({ kind }) => kind);
