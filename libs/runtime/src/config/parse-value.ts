import { parseDuration, parseSize } from './duration.ts';
import type { Option } from './option.ts';

/** A value as the program uses it. */
export type Value = string | number | boolean | readonly string[];

/** Either the value or what was expected instead, to be put after `expected `. */
export type Parsed = { readonly value: Value } | { readonly expected: string };

/** Reads one text by the option's type. Lists are split by comma; empty parts are dropped. */
export function parseValue(option: Option, text: string): Parsed {
  switch (option.type) {
    case 'string':
      return { value: text };
    case 'int':
      return parseInteger(option, text);
    case 'bool':
      return parseBool(text);
    case 'duration': {
      const ms = parseDuration(text);
      return ms === undefined || ms < 0 ? { expected: 'a duration such as 5s or 1m30s' } : { value: ms };
    }
    case 'size': {
      const bytes = parseSize(text);
      return bytes === undefined ? { expected: 'a size such as 4MiB or 4096' } : { value: bytes };
    }
    case 'list':
      return { value: text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])) };
    case 'enum': {
      const picked = option.pick?.(text) ?? text;
      return option.values.includes(picked)
        ? { value: picked }
        : { expected: `one of ${option.values.join(', ')}` };
    }
  }
}

function parseInteger(option: Option & { type: 'int' }, text: string): Parsed {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = option;
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value };
  if (option.min !== undefined && option.max !== undefined) {
    return { expected: `an integer from ${option.min} to ${option.max}` };
  }
  if (option.min !== undefined) return { expected: `an integer of at least ${option.min}` };
  if (option.max !== undefined) return { expected: `an integer of at most ${option.max}` };
  return { expected: 'an integer' };
}

function parseBool(text: string): Parsed {
  if (['true', '1', 't', 'T', 'TRUE', 'True'].includes(text)) return { value: true };
  if (['false', '0', 'f', 'F', 'FALSE', 'False'].includes(text)) return { value: false };
  return { expected: 'true or false' };
}
