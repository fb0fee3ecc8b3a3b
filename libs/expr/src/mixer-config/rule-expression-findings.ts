import type { Finding } from '@quintet/model';
import type { Rule, Rule_HeaderOperationTemplate } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { expressionFindings } from './expression-findings.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What is wrong with the expressions of a rule: its match, the values of headers, what sampling goes by. */
export function ruleExpressionFindings(rule: Rule, vocabulary: Vocabulary): readonly Finding[] {
  const { match, requestHeaderOperations, responseHeaderOperations, sampling } = rule;
  return [
    ...expressionFindings(match, { path: 'spec.match', types: ['BOOL'] }, vocabulary),
    ...headerFindings(requestHeaderOperations, 'spec.requestHeaderOperations', vocabulary),
    ...headerFindings(responseHeaderOperations, 'spec.responseHeaderOperations', vocabulary),
    ...expressionFindings(
      sampling?.random?.attributeExpression ?? '',
      { path: 'spec.sampling.random.attributeExpression' },
      vocabulary,
    ),
  ];
}

function headerFindings(
  operations: readonly Rule_HeaderOperationTemplate[],
  path: string,
  vocabulary: Vocabulary,
): readonly Finding[] {
  return operations.flatMap(({ values }, index) =>
    values.flatMap((value, at) =>
      expressionFindings(value, { path: `${path}[${index}].values[${at}]`, types: ['STRING'] }, vocabulary),
    ),
  );
}
