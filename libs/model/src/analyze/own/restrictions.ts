import { unrealised } from '../../realised/unrealised.ts';
import { type Analyzer, findingOfIssue } from '../analyzer.ts';

/**
 * Objects that pilot or mixer refuses because they restrict access in a way that is not realised. What has merely no effect is
 * no matter of how objects fit: `validate` and the status of the object say it.
 */
export const restrictionAnalyzer: Analyzer = {
  name: 'realised.RestrictionAnalyzer',
  summary: 'Objects that pilot or mixer refuses: they restrict access in a way that is not realised',
  codes: ['QTT2002'],
  analyze: ({ world }) =>
    world.objects.flatMap((subject) =>
      unrealised(subject).flatMap((issue) =>
        issue.code === 'QTT2002' ? [findingOfIssue(subject, issue, 'QTT2002')] : [],
      ),
    ),
};
