import { createHash } from 'node:crypto';
import type { ConfigObject } from '@quintet/model';

/** The name of an object in provenance lists: `<collection>/<namespace>/<name>`. */
export function sourceOf(object: Pick<ConfigObject, 'collection' | 'namespace' | 'name'>): string {
  return `${object.collection}/${object.namespace}/${object.name}`;
}

/** Equal for equal content of the same object: its source and version. */
export function objectKey(object: ConfigObject): string {
  return `${sourceOf(object)}@${object.version}`;
}

/** A short text that is equal for equal plain data; the order of object keys does not matter. */
export function contentKey(value: unknown): string {
  return createHash('sha256').update(stableText(value)).digest('base64url').slice(0, 22);
}

function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
