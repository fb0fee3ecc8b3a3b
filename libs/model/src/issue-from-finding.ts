import type { Finding } from './finding.ts';
import type { Issue, Origin, ResourceRef } from './issue.ts';
import { ISSUE_CODES } from './issue-codes.ts';

/** What an issue is about: the object, and where it stands. */
export type IssueSubject = { readonly resource?: ResourceRef; readonly origin?: Origin };

/** Makes an issue of a finding about `subject`. */
export function issueFromFinding(finding: Finding, subject: IssueSubject): Issue {
  const code = finding.code ?? 'IST0106';
  const origin =
    finding.line !== undefined && subject.origin !== undefined
      ? { file: subject.origin.file, line: finding.line }
      : subject.origin;
  return {
    code,
    severity: finding.severity ?? ISSUE_CODES[code].severity,
    ...(subject.resource && { resource: subject.resource }),
    path: finding.path,
    message: finding.message,
    ...(origin && { origin }),
  };
}
