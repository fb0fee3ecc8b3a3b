import { defineMetrics } from '@quintet/runtime';

/** Metrics of the analysis; the classic component has none. */
export const ANALYSIS_METRICS = defineMetrics({
  analysisFindings: {
    kind: 'gauge',
    name: 'quintet_galley_analysis_findings',
    help: 'What the last analysis of the configuration found, by code and level: `error`, `warning`, `info`.',
    labels: ['code', 'level'],
  },
  analysisDuration: {
    kind: 'histogram',
    name: 'quintet_galley_analysis_duration_milliseconds',
    help: 'How long analyses kept the processor busy.',
    buckets: [1, 5, 10, 50, 100, 500, 1000, 5000, 10_000],
  },
});
