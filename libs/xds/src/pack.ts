import { hash } from 'node:crypto';
import { create, type DescMessage, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt';
import { sortMaps } from './sort-maps.ts';
import type { Need, WireResource, WireType } from './wire-set.ts';

/** Hex digits kept of a content hash: 80 bits, far from a collision among one mesh's resources. */
const HASH_DIGITS = 20;

/** The type URL of a message in an `Any`. */
export function typeUrlOf(schema: DescMessage): string {
  return `type.googleapis.com/${schema.typeName}`;
}

/**
 * Packs a message so that equal messages give equal bytes, whatever the order their maps were filled in.
 * For every `typed_config`; maps of `message` are put in key order in place.
 */
export function packAny<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Any {
  sortMaps(schema, message);
  return create(AnySchema, { typeUrl: typeUrlOf(schema), value: toBinary(schema, message) });
}

export type PackOptions<Desc extends DescMessage> = {
  readonly schema: Desc;
  readonly message: MessageShape<Desc>;
  /** The name clients know the resource by. */
  readonly name: string;
  readonly needs?: readonly Need[];
  /** Goes into the version, not into the bytes: the version of a cluster in that of its endpoints. */
  readonly mix?: string;
};

/** Encodes one resource, once; the version is a hash of the bytes (and of `mix`). */
export function packResource<Desc extends DescMessage>(options: PackOptions<Desc>): WireResource {
  const { schema, message, name, needs = [], mix } = options;
  const bytes = toBinary(AnySchema, packAny(schema, message));
  const content = digest(bytes);
  return { name, bytes, needs, version: mix === undefined ? content : digest(`${content} ${mix}`) };
}

/** Collects the resources of one type; the last of one name wins. Order does not matter to the version. */
export function wireType(resources: Iterable<WireResource>): WireType {
  const byName = new Map([...resources].map((resource) => [resource.name, resource]));
  return { version: versionOf(byName.values()), resources: byName };
}

/** A hash over names and versions, in order of name. */
export function versionOf(resources: Iterable<WireResource>): string {
  const lines = [...resources].map(({ name, version }) => `${name} ${version}`).sort();
  return digest(lines.join('\n'));
}

function digest(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex').slice(0, HASH_DIGITS);
}
