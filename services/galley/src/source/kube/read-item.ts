import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { KubeObject } from '@quintet/kube';
import {
  type CheckOptions,
  type ConfigObject,
  checkJsonObject,
  decodeNativeJson,
  type Issue,
  issueFromFinding,
  type Kind,
  type NativeKindRow,
  nativeKey,
  type Origin,
  resourceKey,
} from '@quintet/model';
import type { ConfigItem, ObservedObject, SourceItem } from '../../store/source.ts';

/** What was made of an object of the API server. */
export type ReadObject = {
  /** Absent for an object of Kubernetes itself that cannot be read: what was known of it stays. */
  readonly item?: SourceItem;
  /** What is wrong with an object that gives no item. */
  readonly issues: readonly Issue[];
};

/** Reads the objects of one kind. */
export type ReadKind = {
  /** `kind/namespace/name` of a reflector's key. */
  readonly keyOf: (key: string) => string;
  readonly read: (object: KubeObject) => ReadObject;
};

export type ReadingOptions = Pick<CheckOptions, 'alsoCheck'> & {
  /** Told of every object of configuration that was read. */
  readonly onRead?: (kind: Kind, item: ConfigItem) => void;
};

/** Objects of an API server stand in no file. */
const NOWHERE: Origin = { file: '', line: 0 };

/**
 * Reads objects of configuration. Fields that a kind does not have are warnings, as for the classic galley: the API
 * server took the object. The version is made from the content, not the resourceVersion: writing a status changes nothing
 * that anybody has to be told.
 */
export function readConfigKind(kind: Kind, { alsoCheck, onRead }: ReadingOptions): ReadKind {
  return {
    keyOf: (key) => keyIn(kind, key),
    read: (source) => {
      const { json, namespace, name } = source;
      const options = { file: '', unknownFields: 'warning', ...(alsoCheck && { alsoCheck }) } as const;
      const parsed = checkJsonObject(json, options);
      const resource = parsed?.resource ?? { kind: kind.kind, namespace, name };
      const object = parsed?.object && withoutOrigin(parsed.object);
      const issues = (parsed?.issues ?? []).map(withoutPlace);
      const observed = observe(source);
      const key = resourceKey(resource);
      const item = { kind: 'config', key, resource, origin: NOWHERE, issues, observed } as const;
      const read = { ...item, ...(object && { object }) };
      onRead?.(kind, read);
      return { item: read, issues: [] };
    },
  };
}

/** Reads objects of Kubernetes itself. */
export function readNativeKind(row: NativeKindRow): ReadKind {
  return {
    keyOf: (key) => keyIn(row, key),
    read: (source) => {
      const { object, findings, resource } = decodeNativeJson(row, source.json);
      if (object !== undefined)
        return { item: { kind: 'native', key: nativeKey(object), object }, issues: [] };
      const subject = resource ?? { kind: row.kind, namespace: source.namespace, name: source.name };
      return { issues: findings.map((finding) => issueFromFinding(finding, { resource: subject })) };
    },
  };
}

function keyIn({ kind, scope }: Pick<Kind, 'kind' | 'scope'>, key: string): string {
  return scope === 'cluster' ? `${kind}//${key}` : `${kind}/${key}`;
}

/** What a status is written back by. */
function observe({ json, uid, resourceVersion }: KubeObject): ObservedObject {
  const { apiVersion, metadata, status } = json;
  const generation = isMap(metadata) ? metadata.generation : undefined;
  return {
    apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
    ...{ uid, resourceVersion, status },
    generation: typeof generation === 'number' ? generation : 0,
  };
}

function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutOrigin({ origin: _, ...object }: ConfigObject): ConfigObject {
  return Object.freeze(object);
}

function withoutPlace({ origin: _, ...issue }: Issue): Issue {
  return issue;
}
