import { isIssueCode } from '../../issue-codes.ts';
import { unrealised } from '../../realised/unrealised.ts';
import { type Analyzer, findingOfIssue } from '../analyzer.ts';

/** Fields and kinds that are accepted and have no effect. */
export const unrealisedAnalyzer: Analyzer = {
  name: 'realised.FieldAnalyzer',
  summary: 'Fields and kinds that are accepted and not realised',
  codes: ['QTT2001', 'QTT2002'],
  analyze: ({ world }) =>
    world.objects.flatMap((subject) =>
      unrealised(subject).flatMap((issue) =>
        isIssueCode(issue.code) ? [findingOfIssue(subject, issue, issue.code)] : [],
      ),
    ),
};
