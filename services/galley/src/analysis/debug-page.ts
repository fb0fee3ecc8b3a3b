import type { DebugPage } from '@quintet/runtime';
import { showIssue } from '../show-issue.ts';
import type { Findings } from './findings.ts';

/** `/debug/analysis`: what the last analysis found. */
export function analysisPage(findings: Pick<Findings, 'last'>): DebugPage {
  return {
    path: '/debug/analysis',
    description:
      'what the last analysis found in the whole configuration; ?code=, ?kind=, ?namespace= narrow it down',
    show({ query }) {
      const last = findings.last();
      if (last === undefined) return { findings: [] };
      const shown = last.findings.filter(
        ({ code, resource }) =>
          (query.code ?? code) === code &&
          (query.kind ?? resource?.kind) === resource?.kind &&
          (query.namespace ?? resource?.namespace) === resource?.namespace,
      );
      return {
        time: new Date(last.time).toISOString(),
        busyMs: last.busyMs,
        findings: shown.map((issue) => ({ ...issue.resource, ...showIssue(issue) })),
      };
    },
  };
}
