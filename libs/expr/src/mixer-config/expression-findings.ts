import type { Finding } from '@quintet/model';
import { check } from '../check.ts';
import type { ValueType } from '../value.ts';
import { knownExpression } from './known-expression.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Where an expression stands, and which types it may have; any when there are none. */
export type ExpressionPlace = { readonly path: string; readonly types?: readonly ValueType[] };

/** What is wrong with an expression as far as the vocabulary judges it. An empty text is no expression and fine. */
export function expressionFindings(
  text: string,
  { path, types }: ExpressionPlace,
  vocabulary: Vocabulary,
): readonly Finding[] {
  if (text.trim() === '') return [];
  const parsed = knownExpression(text);
  if (!parsed.ok) return vocabulary.structure ? [{ path, message: parsed.message }] : [];
  if (!vocabulary.judges(parsed.value.names)) return [];
  const type = check(parsed.value.expression, vocabulary.manifest);
  if (!type.ok) return [{ path, message: type.message }];
  if (types === undefined || types.includes(type.value)) return [];
  return [
    { path, message: `expected an expression of type ${types.join(' or ')}, found ${type.value}: ${text}` },
  ];
}
