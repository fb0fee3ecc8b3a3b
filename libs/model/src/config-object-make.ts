import { hash } from 'node:crypto';
import type { DescMessage } from '@bufbuild/protobuf';
import { type MessageShape, toBinary } from '@bufbuild/protobuf';
import type { ConfigObject } from './config-object.ts';
import type { Origin } from './issue.ts';
import type { Labels } from './labels.ts';

/** What an object consists of; what is left out is empty. */
export type ConfigObjectParts<Desc extends DescMessage> = {
  readonly kind: { readonly kind: string; readonly collection: string; readonly schema: Desc };
  readonly namespace: string;
  readonly name: string;
  readonly spec: MessageShape<Desc>;
  /** Milliseconds since 1970; 0 when the source knows none. */
  readonly createTime?: number;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly origin?: Origin;
  /** Absent: made from the content, so that equal objects have equal versions. */
  readonly version?: string;
};

/**
 * Makes a frozen configuration object; its spec is frozen with it. The version made from the content covers
 * everything but the line in the file: an object that only moved because something was written above it is the same.
 */
export function makeConfigObject<Desc extends DescMessage>(
  parts: ConfigObjectParts<Desc>,
): ConfigObject<MessageShape<Desc>> {
  const { kind, namespace, name, spec } = parts;
  const labels = Object.freeze({ ...parts.labels });
  const annotations = Object.freeze({ ...parts.annotations });
  const createTime = parts.createTime ?? 0;
  if (!Object.isFrozen(spec)) freezeDeep(spec);
  return Object.freeze({
    kind: kind.kind,
    collection: kind.collection,
    namespace,
    name,
    version: parts.version ?? contentVersion(parts, kind.schema, spec),
    createTime,
    labels,
    annotations,
    spec,
    ...(parts.origin && { origin: Object.freeze({ ...parts.origin }) }),
  });
}

function contentVersion<Desc extends DescMessage>(
  parts: ConfigObjectParts<Desc>,
  schema: Desc,
  spec: MessageShape<Desc>,
): string {
  const sorted = (labels: Labels | undefined) =>
    Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const header = [
    parts.createTime ?? 0,
    sorted(parts.labels),
    sorted(parts.annotations),
    parts.origin?.file ?? '',
  ];
  const content = Buffer.concat([Buffer.from(JSON.stringify(header)), toBinary(schema, spec)]);
  return hash('sha256', content, 'base64url').slice(0, 22);
}

function freezeDeep(value: object): void {
  if (ArrayBuffer.isView(value)) return;
  // Not `Object.values`: making a list for every message takes as long as all the rest.
  if (Array.isArray(value)) for (const item of value) freezeInner(item);
  else for (const key in value) freezeInner(Reflect.get(value, key));
  Object.freeze(value);
}

function freezeInner(value: unknown): void {
  if (typeof value === 'object' && value !== null) freezeDeep(value);
}
