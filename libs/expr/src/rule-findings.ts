import { type ConfigObject, type Finding, isOfSchema, RULE } from '@quintet/model';
import type { Rule_HeaderOperationTemplate } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { attributeNames } from './ast.ts';
import { check } from './check.ts';
import { parse } from './parse.ts';
import type { ValueType } from './value.ts';
import { standardManifest } from './vocabulary.ts';

/**
 * What is wrong with the expressions of a mixer rule as far as the rule alone tells: their syntax, and their types where
 * all attributes are of the standard vocabulary. Whether other attributes exist, and of which type they are, is for
 * those to say who know all attribute manifests. Objects of other kinds give nothing.
 */
export function ruleFindings(object: ConfigObject): readonly Finding[] {
  if (!isOfSchema(object, RULE.schema)) return [];
  const { match, requestHeaderOperations, responseHeaderOperations } = object.spec;
  return [
    ...(match.trim() === '' ? [] : expressionFindings(match, 'BOOL', 'spec.match')),
    ...headerFindings(requestHeaderOperations, 'spec.requestHeaderOperations'),
    ...headerFindings(responseHeaderOperations, 'spec.responseHeaderOperations'),
  ];
}

function headerFindings(operations: readonly Rule_HeaderOperationTemplate[], path: string): Finding[] {
  return operations.flatMap(({ values }, index) =>
    values.flatMap((value, at) => expressionFindings(value, 'STRING', `${path}[${index}].values[${at}]`)),
  );
}

function expressionFindings(text: string, expected: ValueType, path: string): Finding[] {
  const parsed = parse(text);
  if (!parsed.ok) return [{ path, message: parsed.message }];
  if (attributeNames(parsed.value).some((name) => !standardManifest.has(name))) return [];
  const type = check(parsed.value, standardManifest);
  if (!type.ok) return [{ path, message: type.message }];
  if (type.value === expected) return [];
  return [{ path, message: `expected an expression of type ${expected}, found ${type.value}: ${text}` }];
}
