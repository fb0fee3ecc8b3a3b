import { createHash } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AnySchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { type ConfigObject, kindByCollection, makeConfigObject, type Origin } from '@quintet/model';
import { type Resource, ResourceSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { MeshError } from '@quintet/runtime';

/** Annotation that carries where an object stands, as `file:line`, from galley to whoever has something to say. */
export const ORIGIN_ANNOTATION = 'quintet.io/origin';

const TYPE_URL = 'type.googleapis.com/';

/** The name of an object on the wire: `namespace/name`, or `name` for objects of cluster scope. */
export function resourceName(object: Pick<ConfigObject, 'namespace' | 'name'>): string {
  return object.namespace === '' ? object.name : `${object.namespace}/${object.name}`;
}

/** Spells an object as MCP resource. Throws for objects of a collection that is not in the table of kinds: a bug. */
export function toResource(object: ConfigObject): Resource {
  const kind = kindByCollection(object.collection);
  if (kind === undefined) throw new TypeError(`unknown collection ${object.collection}`);
  const { createTime, origin } = object;
  return create(ResourceSchema, {
    metadata: {
      name: resourceName(object),
      ...(createTime !== 0 && { createTime: timestamp(createTime) }),
      version: object.version,
      labels: { ...object.labels },
      annotations: {
        ...object.annotations,
        ...(origin && { [ORIGIN_ANNOTATION]: `${origin.file}:${origin.line}` }),
      },
    },
    body: { typeUrl: `${TYPE_URL}${kind.schema.typeName}`, value: toBinary(kind.schema, object.spec) },
  });
}

/** Reads a resource of a collection. Throws `invalid_argument` naming the resource when it cannot be read. */
export function fromResource(collection: string, resource: Resource): ConfigObject {
  const kind = kindByCollection(collection);
  if (kind === undefined) throw new MeshError('unimplemented', `unknown collection ${collection}`);
  const { metadata, body = create(AnySchema) } = resource;
  const written = metadata?.name ?? '';
  const { namespace, name } = splitName(written, collection);
  const typeName = body.typeUrl.slice(body.typeUrl.lastIndexOf('/') + 1);
  if (typeName !== kind.schema.typeName) {
    const message = `${collection} ${written}: expected a body of type ${kind.schema.typeName}, found "${typeName}"`;
    throw new MeshError('invalid_argument', message);
  }
  const { [ORIGIN_ANNOTATION]: origin, ...annotations } = metadata?.annotations ?? {};
  const place = origin === undefined ? undefined : parseOrigin(origin);
  return makeConfigObject({
    kind,
    namespace,
    name,
    spec: decodeBody(() => fromBinary(kind.schema, body.value), `${collection} ${written}`),
    createTime: metadata?.createTime === undefined ? 0 : millis(metadata.createTime),
    labels: metadata?.labels ?? {},
    annotations,
    version: metadata?.version || contentVersion(resource),
    ...(place && { origin: place }),
  });
}

/** Sources need not give resources a version; it tells one content of an object from another. */
function contentVersion(resource: Resource): string {
  return createHash('sha256').update(toBinary(ResourceSchema, resource)).digest('base64url').slice(0, 22);
}

function decodeBody<T>(decode: () => T, what: string): T {
  try {
    return decode();
  } catch (error) {
    throw new MeshError('invalid_argument', `${what}: the body cannot be decoded`, { cause: error });
  }
}

function splitName(written: string, collection: string): { namespace: string; name: string } {
  const parts = written.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2 || first === '' || second === '') {
    throw new MeshError(
      'invalid_argument',
      `${collection}: expected a name or namespace/name, found "${written}"`,
    );
  }
  return second === undefined ? { namespace: '', name: first } : { namespace: first, name: second };
}

function parseOrigin(text: string): Origin | undefined {
  const colon = text.lastIndexOf(':');
  const line = Number(text.slice(colon + 1));
  return colon > 0 && Number.isSafeInteger(line) ? { file: text.slice(0, colon), line } : undefined;
}

function timestamp(createTime: number) {
  const seconds = Math.floor(createTime / 1000);
  return create(TimestampSchema, {
    seconds: BigInt(seconds),
    nanos: (createTime - seconds * 1000) * 1_000_000,
  });
}

function millis(time: { readonly seconds: bigint; readonly nanos: number }): number {
  return Number(time.seconds) * 1000 + Math.floor(time.nanos / 1_000_000);
}
