import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { field, isObject, textOf } from '../json.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';

/** An object as the API server keeps it, without what only the API server needs. */
export type KubeObject = {
  /** Empty for objects of cluster scope. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The object as it was sent; no `metadata.managedFields`. */
  readonly json: JsonObject;
};

/** Identifies an object among those of its type: `namespace/name`, or `name` at cluster scope. */
export function objectKey({ namespace, name }: Pick<KubeObject, 'namespace' | 'name'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/**
 * Reads an object of an answer; undefined for what has no name. Objects in lists of built-in types come without
 * apiVersion and kind: they are filled in. `managedFields` is dropped: it is often half of an object.
 */
export function readObject(value: JsonValue | undefined, type?: ResourceType): KubeObject | undefined {
  const metadata = field(value, 'metadata');
  if (!isObject(value) || !isObject(metadata)) return undefined;
  const name = textOf(metadata, 'name');
  if (name === '') return undefined;
  delete metadata.managedFields;
  if (type !== undefined) {
    value.apiVersion ??= apiVersionOf(type);
    value.kind ??= type.kind;
  }
  return {
    namespace: textOf(metadata, 'namespace'),
    name,
    uid: textOf(metadata, 'uid'),
    resourceVersion: textOf(metadata, 'resourceVersion'),
    json: value,
  };
}
