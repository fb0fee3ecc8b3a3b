import { kindByName } from '../../kinds/kinds.ts';
import type { Analyzer } from '../analyzer.ts';

/** The rules of each kind, as the admission webhook holds every object to them. */
export const schemaAnalyzer: Analyzer = {
  name: 'schema.ValidationAnalyzer',
  summary: 'Objects that break a rule of their kind',
  codes: ['IST0106', 'IST0133'],
  analyze: ({ world }) =>
    world.objects.flatMap((subject) => {
      const findings = kindByName(subject.kind)?.validate(subject) ?? [];
      return findings.map(({ code = 'IST0106', path, message, severity }) => {
        return { code, subject, path, message, ...(severity && { severity }) };
      });
    }),
};
