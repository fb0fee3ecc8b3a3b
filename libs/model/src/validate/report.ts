import type { Finding } from '../finding.ts';
import type { Severity } from '../issue.ts';

/**
 * Takes one problem: where it is, and what was found and is expected. It is an error unless said otherwise; what the
 * classic API accepts is a warning at most.
 */
export type Report = (path: string, message: string, severity?: Severity) => void;

/** Runs checks and returns the problems they report, in order. */
export function collect(checks: (report: Report) => void): readonly Finding[] {
  const findings: Finding[] = [];
  checks((path, message, severity = 'error') => {
    findings.push(severity === 'error' ? { path, message } : { path, message, severity, code: 'IST0133' });
  });
  return findings;
}

/** A report whose problems are warnings, for checks that the classic API does not make. */
export function warnings(report: Report): Report {
  return (path, message) => report(path, message, 'warning');
}

/** A user's value in a message. */
export function shown(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
