import { create, type JsonObject } from '@bufbuild/protobuf';
import { type Metadata, MetadataSchema } from '@quintet/proto/envoy/config/core/v3/base_pb.js';

/** Metadata of a resource. Keys are written in sorted order, so that equal input gives equal bytes. */
export function metadata(namespaces: Readonly<Record<string, JsonObject>>): Metadata {
  return create(MetadataSchema, { filterMetadata: sortedByKey(namespaces, sortedObject) });
}

/** The same entries in the order of their keys. */
export function sortedByKey<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, map(record[key] as In)]),
  );
}

function sortedObject(value: JsonObject): JsonObject {
  return sortedByKey(value, (inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? sortedObject(inner) : inner,
  );
}
