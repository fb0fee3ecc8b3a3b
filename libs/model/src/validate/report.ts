import type { Finding } from '../finding.ts';

/** Takes one problem: where it is, and what was found and is expected. */
export type Report = (path: string, message: string) => void;

/** Runs checks and returns the problems they report, in order. */
export function collect(checks: (report: Report) => void): readonly Finding[] {
  const findings: Finding[] = [];
  checks((path, message) => findings.push({ path, message }));
  return findings;
}

/** A user's value in a message. */
export function shown(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
