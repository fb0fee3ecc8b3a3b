import type { EventPublisher } from '@quintet/bus';
import { formatIssue, type Issue, issueText } from '@quintet/model';
import type { Log } from '@quintet/runtime';
import { nameOf } from '../events.ts';
import type { GalleyMetrics } from '../metrics.ts';
import type { AnalysisRun } from './analysis-runs.ts';

export type FindingsOptions = {
  /** All findings, whenever they are others than before. */
  readonly onChange: (findings: readonly Issue[]) => void;
  readonly events: EventPublisher;
  readonly metrics: Pick<GalleyMetrics, 'analysisFindings' | 'analysisDuration'>;
  readonly log: Log;
};

/** What is known of the analysis. */
export type Findings = {
  take(run: AnalysisRun): void;
  /** The last run; undefined before the first. */
  last(): AnalysisRun | undefined;
};

/** More than so many new findings at once are counted instead of told one by one. */
const MOST_AT_ONCE = 100;

/**
 * Keeps the findings of the last analysis, and tells of those that were not there before: a line of the log and an event
 * `config.finding` each. One that is gone and comes back is new.
 */
export function createFindings(options: FindingsOptions): Findings {
  const { onChange, events, metrics, log } = options;
  let known: ReadonlyMap<string, Issue> = new Map();
  let last: AnalysisRun | undefined;
  return {
    take(run) {
      const found = new Map(run.findings.map((issue) => [identityOf(issue), withoutNowhere(issue)]));
      const added = [...found].filter(([key]) => !known.has(key)).map(([, issue]) => issue);
      const gone = [...known].filter(([key]) => !found.has(key)).map(([, issue]) => issue);
      countFindings(metrics, known, found);
      metrics.analysisDuration.record(run.busyMs);
      known = found;
      last = { ...run, findings: [...found.values()] };
      if (added.length === 0 && gone.length === 0) return;
      logFindings(log, added, gone);
      publishFindings(events, added);
      onChange(last.findings);
    },
    last: () => last,
  };
}

/** The same finding at another line of its file is no other one. */
function identityOf({ code, severity, resource, path, message }: Issue): string {
  const { kind, namespace, name } = resource ?? { kind: '', namespace: '', name: '' };
  return JSON.stringify([code, severity, kind, namespace, name, path, message]);
}

/** Objects of an API server stand in no file. */
function withoutNowhere(issue: Issue): Issue {
  if (issue.origin?.file !== '') return issue;
  const { origin: _origin, ...rest } = issue;
  return rest;
}

function countFindings(
  metrics: FindingsOptions['metrics'],
  before: ReadonlyMap<string, Issue>,
  after: ReadonlyMap<string, Issue>,
): void {
  const counts = new Map<string, { code: string; level: string; count: number }>();
  const add = ({ code, severity: level }: Issue, by: number) => {
    const key = `${code} ${level}`;
    const counted = counts.get(key) ?? { code, level, count: 0 };
    counts.set(key, { ...counted, count: counted.count + by });
  };
  for (const issue of before.values()) add(issue, 0);
  for (const issue of after.values()) add(issue, 1);
  for (const { code, level, count } of counts.values()) metrics.analysisFindings.set(count, { code, level });
}

function logFindings(log: Log, added: readonly Issue[], gone: readonly Issue[]): void {
  for (const issue of added.slice(0, MOST_AT_ONCE)) {
    const line = { finding: formatIssue(issue) };
    if (issue.severity === 'info') log.info(line, 'the analysis found something');
    else log.warn(line, 'the analysis found something');
  }
  const more = added.length - MOST_AT_ONCE;
  if (more > 0) log.warn({ more, page: '/debug/analysis' }, 'the analysis found much more');
  for (const issue of gone.slice(0, MOST_AT_ONCE))
    log.info({ finding: formatIssue(issue) }, 'a finding of the analysis is gone');
}

function publishFindings(events: EventPublisher, added: readonly Issue[]): void {
  const type = 'config.finding';
  for (const issue of added.slice(0, MOST_AT_ONCE)) {
    const { code, severity, resource, path, origin } = issue;
    const where = origin === undefined ? '' : `${origin.file}:${origin.line}: `;
    const about = resource === undefined ? '' : `${nameOf(resource)}: `;
    events.publish({
      ...{ type, severity, message: `${where}${about}${issueText(issue)}` },
      ...(resource && { resource }),
      attributes: { code, path, ...(origin && { file: origin.file, line: String(origin.line) }) },
    });
  }
  const more = added.length - MOST_AT_ONCE;
  if (more > 0)
    events.publish({
      ...{ type, severity: 'warning', message: `the analysis found ${more} more: /debug/analysis has all` },
      attributes: { more: String(more) },
    });
}
