import type { StringMap } from '@quintet/expr';
import { stringMap } from '@quintet/expr';

/** The path of a request target without query and fragment. */
export function urlPath(target: string): string {
  return target.split(/[?#]/, 1)[0] ?? '';
}

/** The query parameters of a request target, decoded; of a repeated one the first. Undefined without a query. */
export function queryParams(target: string): StringMap | undefined {
  const start = target.indexOf('?');
  if (start < 0) return undefined;
  const params = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(target.slice(start + 1).split('#', 1)[0])) {
    if (!params.has(name)) params.set(name, value);
  }
  return stringMap(params);
}
