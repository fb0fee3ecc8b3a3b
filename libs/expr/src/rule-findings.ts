import { type ConfigObject, type Finding, isOfSchema, RULE } from '@quintet/model';
import { parse } from './parse.ts';

/**
 * What is wrong with the expressions of a mixer rule as far as the rule alone tells: the syntax of `match`. Whether
 * its attributes exist is for those to say who know all attribute manifests. Objects of other kinds give nothing.
 */
export function ruleFindings(object: ConfigObject): readonly Finding[] {
  if (!isOfSchema(object, RULE.schema) || object.spec.match.trim() === '') return [];
  const parsed = parse(object.spec.match);
  return parsed.ok ? [] : [{ path: 'spec.match', message: parsed.message }];
}
