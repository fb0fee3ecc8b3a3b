import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { childText, type Located, lineOf, toJson } from '../decode/located.ts';
import type { ObjectOptions, ParsedObject } from '../decode/object.ts';
import type { Finding } from '../finding.ts';
import type { Origin, ResourceRef } from '../issue.ts';
import { issueFromFinding } from '../issue-from-finding.ts';
import { readConfigMap, readSecret } from './data.ts';
import { readEndpointSlice } from './endpoint-slice.ts';
import { readEndpoints } from './endpoints.ts';
import { readIngress, readIngressClass } from './ingress.ts';
import { isJsonObject, JsonReader } from './json-reader.ts';
import { type NativeMeta, readMeta } from './meta.ts';
import { type NativeKindRow, nativeKindOf } from './native-kinds.ts';
import type { NativeKind, NativeObject } from './native-object.ts';
import { readNamespace, readNode } from './node.ts';
import { readDeployment, readPod } from './pod.ts';
import { readService } from './service.ts';

type ReadKind = (meta: NativeMeta, object: JsonObject, reader: JsonReader) => NativeObject;

const READERS: Readonly<Record<NativeKind, ReadKind>> = {
  Namespace: readNamespace,
  Node: readNode,
  Service: readService,
  Endpoints: readEndpoints,
  EndpointSlice: readEndpointSlice,
  Pod: readPod,
  Secret: readSecret,
  ConfigMap: readConfigMap,
  Ingress: readIngress,
  IngressClass: readIngressClass,
  Deployment: readDeployment,
};

export type NativeDecodeOptions = {
  /** Namespace of objects that name none; `default` when absent. */
  readonly defaultNamespace?: string;
  /** Given for objects of files: the version is then made from the content and not believed. */
  readonly origin?: Origin;
};

export type DecodedNative = {
  /** The object's name, as far as it could be read. */
  readonly resource?: ResourceRef;
  /** Present when nothing was found. */
  readonly object?: NativeObject;
  readonly findings: readonly Finding[];
};

/**
 * Reads one object of Kubernetes from parsed JSON, such as an item of a list or a watch event, which need not repeat
 * apiVersion and kind. Fields that we do not use are ignored; a used field of a wrong type is a finding with its path,
 * and then there is no object. Time is linear in what is used.
 */
export function decodeNativeJson(
  row: NativeKindRow,
  json: JsonValue,
  options: NativeDecodeOptions = {},
): DecodedNative {
  const reader = new JsonReader();
  if (!isJsonObject(json))
    return { findings: [{ path: '', message: `expected a ${row.kind}, found no map` }] };
  const written = readMeta(json, reader);
  const namespace =
    row.scope === 'cluster' ? '' : written.namespace || (options.defaultNamespace ?? 'default');
  const { origin } = options;
  const believed = origin === undefined ? written.version : '';
  const meta: NativeMeta = {
    ...written,
    apiVersion: reader.text(json, 'apiVersion') || apiVersionOf(row),
    namespace,
    version: believed || contentVersion(json, origin?.file ?? ''),
    ...(origin && { origin }),
  };
  const object = READERS[row.kind](meta, json, reader);
  const resource = { kind: row.kind, namespace, name: meta.name };
  const named = meta.name === '' ? {} : { resource };
  return reader.findings.length > 0
    ? { ...named, findings: reader.findings }
    : { ...named, object, findings: reader.findings };
}

/**
 * Reads one object of a file when it is of a kind of Kubernetes that we know; undefined for all others. The issues
 * carry their lines.
 */
export function decodeNative(node: Located, options: ObjectOptions): ParsedObject | undefined {
  const row = nativeKindOf(childText(node, 'apiVersion') ?? '', childText(node, 'kind') ?? '');
  if (row === undefined) return undefined;
  const origin = { file: options.file, line: node.line };
  const { defaultNamespace } = options;
  const decoded = decodeNativeJson(row, toJson(node), {
    origin,
    ...(defaultNamespace && { defaultNamespace }),
  });
  const at = (path: string): number => lineOf(node, path);
  const { resource, object } = decoded;
  const subject = { ...(resource && { resource }), origin };
  const issues = decoded.findings.map((finding) =>
    issueFromFinding({ ...finding, line: at(finding.path) }, subject),
  );
  return { ...subject, ...(object && { native: object }), issues, lineOf: at };
}

function apiVersionOf(row: NativeKindRow): string {
  const version = row.versions[0] ?? '';
  return row.group === '' ? version : `${row.group}/${version}`;
}

function contentVersion(json: JsonObject, file: string): string {
  return createHash('sha256')
    .update(JSON.stringify([json, file]))
    .digest('base64url')
    .slice(0, 22);
}
