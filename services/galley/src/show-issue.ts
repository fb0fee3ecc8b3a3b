import { formatIssue, type Issue } from '@quintet/model';

/** An issue as debug pages show it. */
export function showIssue(issue: Issue) {
  const { code, severity, path, message, origin } = issue;
  return {
    code,
    severity,
    path,
    message,
    ...(origin && { file: origin.file, line: origin.line }),
    text: formatIssue(issue),
  };
}
