import type { Finding } from '@quintet/model';
import { attributeNames } from '../ast.ts';
import { check } from '../check.ts';
import { parse } from '../parse.ts';
import type { ValueType } from '../value.ts';
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
  const parsed = parse(text);
  if (!parsed.ok) return vocabulary.structure ? [{ path, message: parsed.message }] : [];
  if (!vocabulary.judges(attributeNames(parsed.value))) return [];
  const type = check(parsed.value, vocabulary.manifest);
  if (!type.ok) return [{ path, message: type.message }];
  if (types === undefined || types.includes(type.value)) return [];
  return [
    { path, message: `expected an expression of type ${types.join(' or ')}, found ${type.value}: ${text}` },
  ];
}
