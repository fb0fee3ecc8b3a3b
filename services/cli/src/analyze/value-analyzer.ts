import type { Analyzer } from '@quintet/model';
import type { ObjectCheck } from '../object-check.ts';

/** Makes an analyser of a check of single objects: mixer's expressions, and what is patched into Envoy. */
export function valueAnalyzer(check: ObjectCheck): Analyzer {
  return {
    name: 'schema.ValueAnalyzer',
    summary: "Mixer's expressions, and values for Envoy, that cannot be read or have the wrong type",
    codes: ['IST0106', 'IST0133'],
    analyze: ({ world }) =>
      world.objects.flatMap((subject) =>
        check(subject).map(({ code = 'IST0106', path, message, severity }) => {
          return { code, subject, path, message, ...(severity && { severity }) };
        }),
      ),
  };
}
