import {
  create,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type MessageShape,
  toJson,
} from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import type { ConfigObject } from './config-object.ts';
import { isOfSchema, type Kind } from './kinds/kind.ts';
import { kindByName } from './kinds/kinds.ts';

/** How objects are written. */
export type EncodeOptions = {
  /** Version of the API, such as `v1beta1`; the first of the kind when absent. */
  readonly apiVersion?: string;
};

/**
 * The JSON form of a message, as users write it: lower camel case names, enums by name, durations as `1.5s`, integers
 * of 64 bits as strings, bytes in base64; what is not set is left out. Decoding gives the message back.
 */
export function encodeMessage<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): JsonValue {
  return toJson(desc, message);
}

/** The spec of an object as plain JSON. */
export function encodeSpec(object: ConfigObject): JsonValue {
  return specOf(object, rowOf(object));
}

/** A whole object as an API server stores it: apiVersion, kind, metadata and spec. */
export function encodeObject(object: ConfigObject, options: EncodeOptions = {}): JsonObject {
  const row = rowOf(object);
  const version = options.apiVersion ?? row.versions[0] ?? '';
  if (!row.versions.includes(version)) throw new TypeError(`${row.kind} has no version ${version}`);
  const { namespace, name, labels, annotations, createTime } = object;
  return {
    apiVersion: `${row.group}/${version}`,
    kind: row.kind,
    metadata: {
      name,
      ...(namespace !== '' && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
      ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
      ...(createTime !== 0 && { creationTimestamp: timestamp(createTime) }),
    },
    spec: specOf(object, row),
  };
}

/** RFC 3339 in UTC, as Kubernetes writes times. */
function timestamp(millis: number): JsonValue {
  const seconds = Math.floor(millis / 1000);
  const nanos = (millis - seconds * 1000) * 1_000_000;
  return toJson(TimestampSchema, create(TimestampSchema, { seconds: BigInt(seconds), nanos }));
}

function rowOf({ kind }: ConfigObject): Kind {
  const row = kindByName(kind);
  if (row === undefined) throw new TypeError(`unknown kind ${kind}`);
  return row;
}

function specOf(object: ConfigObject, { schema }: Kind): JsonValue {
  const { kind, namespace, name } = object;
  if (!isOfSchema(object, schema)) {
    throw new TypeError(`${kind} ${namespace}/${name} has a spec of another type`);
  }
  return encodeMessage(schema, object.spec);
}
