import { attributeNames, type Expression } from '../ast.ts';
import { parse } from '../parse.ts';
import type { Result } from '../result.ts';
import { ok } from '../result.ts';

/** A parsed expression with the attributes that it names. */
export type KnownExpression = { readonly expression: Expression; readonly names: readonly string[] };

/** Beyond so many texts, or texts so long, nothing is remembered. */
const MOST_TEXTS = 4096;
const LONGEST = 512;

const remembered = new Map<string, Result<KnownExpression>>();

/**
 * Parses an expression. Configuration says the same things again and again, and every object is looked at alone and among
 * the others: what was parsed lately is remembered by its text.
 */
export function knownExpression(text: string): Result<KnownExpression> {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const parsed = parse(text);
  const result = parsed.ok ? ok({ expression: parsed.value, names: attributeNames(parsed.value) }) : parsed;
  if (text.length > LONGEST) return result;
  if (remembered.size >= MOST_TEXTS) remembered.clear();
  remembered.set(text, result);
  return result;
}
