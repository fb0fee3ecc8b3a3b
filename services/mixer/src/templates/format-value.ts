import type { Value } from '@quintet/expr';
import { valueToJson } from '@quintet/expr';

/** A value as label or list text: strings as they are, all else in its JSON form without quotes. */
export function formatValue(value: Value): string {
  if (typeof value === 'string') return value;
  const json = valueToJson(value);
  return typeof json === 'object' ? JSON.stringify(json) : String(json);
}
