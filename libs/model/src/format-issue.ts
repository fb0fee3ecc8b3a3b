import type { Issue, Origin, Severity } from './issue.ts';
import { issueCodeRow } from './issue-codes.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', info: 'Info' };

/** The sentence of an issue: the template of its code with path and message put in, or the message alone. */
export function issueText(issue: Issue): string {
  const detail = issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`;
  const template = issueCodeRow(issue.code)?.template ?? '%v';
  if (!template.includes('%v')) return issue.message;
  return template.replace('%v', () => detail);
}

/** Where something stands, `file.yaml:12`; empty for what does not come from a file. */
export function originText(origin: Origin | undefined): string {
  return origin === undefined || origin.file === '' ? '' : `${origin.file}:${origin.line}`;
}

/** The line of the classic analysis: `Error [IST0106] (VirtualService reviews.shop file.yaml:12) <text>`. */
export function formatIssue(issue: Issue): string {
  const { resource, origin } = issue;
  const name =
    resource && (resource.namespace === '' ? resource.name : `${resource.name}.${resource.namespace}`);
  const about = [resource ? `${resource.kind} ${name}` : '', originText(origin)].filter(
    (part) => part !== '',
  );
  const subject = about.length > 0 ? ` (${about.join(' ')})` : '';
  return `${LEVELS[issue.severity]} [${issue.code}]${subject} ${issueText(issue)}`;
}
