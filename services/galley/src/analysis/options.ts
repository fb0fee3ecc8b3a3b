import type { Options } from '@quintet/runtime';

/** Flags of the analysis; classic names where the classic flag exists. */
export const ANALYSIS_OPTIONS = {
  enableAnalysis: {
    type: 'bool',
    flag: 'enableAnalysis',
    description:
      'look for what does not fit in the whole configuration, after changes; findings go to the log, the events, /debug/analysis and the status of objects',
  },
  analysisQuietPeriod: {
    type: 'duration',
    flag: 'analysis-quiet-period',
    default: '1s',
    description: 'how long nothing must change before the configuration is analysed',
  },
  analysisMaxWait: {
    type: 'duration',
    flag: 'analysis-max-wait',
    default: '10s',
    description: 'when it is analysed at the latest, while it goes on changing',
  },
} as const satisfies Options;
