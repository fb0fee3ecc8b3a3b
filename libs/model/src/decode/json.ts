import type { JsonValue } from '@bufbuild/protobuf';
import type { Located, LocatedEntry } from './located.ts';

/** A located value of plain JSON, such as an object from an API server; all lines are 0. */
export function jsonToLocated(json: JsonValue): Located {
  if (Array.isArray(json)) return { kind: 'list', items: json.map(jsonToLocated), line: 0 };
  if (typeof json !== 'object' || json === null) return { kind: 'scalar', value: json, line: 0 };
  const entries = new Map<string, LocatedEntry>();
  for (const [key, value] of Object.entries(json)) entries.set(key, { line: 0, value: jsonToLocated(value) });
  return { kind: 'map', entries, line: 0 };
}
