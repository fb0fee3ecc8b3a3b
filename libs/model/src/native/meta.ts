import type { JsonObject } from '@bufbuild/protobuf';
import { quote } from '../decode/located.ts';
import { isNamespaceName, isObjectName, parseTime } from '../decode/metadata.ts';
import type { Origin } from '../issue.ts';
import type { Labels } from '../labels.ts';
import type { JsonReader } from './json-reader.ts';

/** What every Kubernetes object that we read has, whatever its kind. */
export type NativeMeta = {
  /** As written, e.g. `v1` or `discovery.k8s.io/v1`. */
  readonly apiVersion: string;
  /** Empty for objects of cluster scope. */
  readonly namespace: string;
  readonly name: string;
  /** Empty when the source gives none. */
  readonly uid: string;
  /** The resourceVersion; made from the content for objects of files. Equal versions of one uid mean equal content. */
  readonly version: string;
  /** Milliseconds since 1970; 0 when unknown. */
  readonly createTime: number;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generation?: number;
  readonly ownerReferences: readonly OwnerReference[];
  /** True from the moment that the object is marked for deletion. */
  readonly deleting: boolean;
  readonly origin?: Origin;
};

/** Who made an object, such as the ReplicaSet of a pod. */
export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** True for the one owner that manages the object. */
  readonly controller: boolean;
};

/** kubectl keeps a copy of the whole object there; nobody here reads it. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Metadata as written: without a namespace of its own and without origin; `version` is the resourceVersion. */
export type WrittenMeta = Omit<NativeMeta, 'apiVersion' | 'origin'>;

/** Reads `metadata`; findings have the code QTT1003. */
export function readMeta(object: JsonObject, reader: JsonReader): WrittenMeta {
  const meta = reader.within(object, 'metadata', (from): WrittenMeta => {
    const generation = reader.integer(from, 'generation');
    return {
      namespace: readNamespace(from, reader),
      name: readName(from, reader),
      uid: reader.text(from, 'uid'),
      version: reader.text(from, 'resourceVersion'),
      createTime: readTime(from, reader),
      labels: reader.labels(from, 'labels'),
      annotations: without(reader.labels(from, 'annotations'), LAST_APPLIED),
      ...(generation > 0 && { generation }),
      ownerReferences: reader.list(from, 'ownerReferences', (owner) => readOwner(owner, reader)),
      deleting: reader.text(from, 'deletionTimestamp') !== '',
    };
  });
  if (meta !== undefined) return meta;
  if (reader.findings.length === 0)
    reader.report('metadata', 'expected metadata with a name, found none', 'QTT1003');
  return NO_META;
}

const NO_META: WrittenMeta = {
  namespace: '',
  name: '',
  uid: '',
  version: '',
  createTime: 0,
  labels: {},
  annotations: {},
  ownerReferences: [],
  deleting: false,
};

function readName(from: JsonObject, reader: JsonReader): string {
  const name = reader.text(from, 'name');
  if (isObjectName(name)) return name;
  const expected = 'lower case letters, digits, "-" and ".", beginning and ending with a letter or digit';
  reader.report('name', `expected a name of ${expected}; found ${found(name)}`, 'QTT1003');
  return '';
}

function readNamespace(from: JsonObject, reader: JsonReader): string {
  const namespace = reader.text(from, 'namespace');
  if (namespace === '' || isNamespaceName(namespace)) return namespace;
  const expected = 'at most 63 lower case letters, digits and "-"';
  reader.report('namespace', `expected a namespace of ${expected}; found ${found(namespace)}`, 'QTT1003');
  return '';
}

function readTime(from: JsonObject, reader: JsonReader): number {
  const written = reader.text(from, 'creationTimestamp');
  if (written === '') return 0;
  const time = parseTime(written);
  if (time !== undefined) return time;
  const message = `expected a time such as "2020-01-31T12:00:00Z", found ${found(written)}`;
  reader.report('creationTimestamp', message, 'QTT1003');
  return 0;
}

function readOwner(owner: JsonObject, reader: JsonReader): OwnerReference {
  return {
    apiVersion: reader.text(owner, 'apiVersion'),
    kind: reader.text(owner, 'kind'),
    name: reader.text(owner, 'name'),
    uid: reader.text(owner, 'uid'),
    controller: reader.flag(owner, 'controller') ?? false,
  };
}

function without(labels: Labels, name: string): Labels {
  if (!Object.hasOwn(labels, name)) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== name));
}

function found(text: string): string {
  return text === '' ? 'none' : `the string ${quote(text)}`;
}
