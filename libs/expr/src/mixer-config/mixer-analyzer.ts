import type { Analyzer } from '@quintet/model';
import { mixerConfigFindings } from './config-findings.ts';

/** Mixer's configuration as a whole, for `analyze`. What is wrong with its objects alone is not repeated. */
export const MIXER_ANALYZER: Analyzer = {
  name: 'mixer.ReferenceAnalyzer',
  summary: "Mixer's rules, handlers and instances that refer to what is not there or does not fit",
  codes: ['IST0101', 'IST0106'],
  analyze: ({ world }) =>
    mixerConfigFindings(world.objects, { unreadable: world.unreadable }).map(({ object, finding }) => {
      const { code = 'IST0106', path, message, severity } = finding;
      return { code, subject: object, path, message, ...(severity && { severity }) };
    }),
};
