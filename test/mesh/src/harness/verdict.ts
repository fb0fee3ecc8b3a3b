import { field, list, number, text } from './json.ts';

/** What galley made of one file. */
export type Verdict = {
  readonly objects: readonly ObjectVerdict[];
  /** What belongs to no object: documents that cannot be read, objects that stand in two files. */
  readonly issues: readonly IssueVerdict[];
};

export type ObjectVerdict = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `held`: it has errors, and its last good version stays; `rejected`: there never was one. */
  readonly state: 'applied' | 'held' | 'rejected';
  readonly line: number;
  readonly issues: readonly IssueVerdict[];
};

export type IssueVerdict = {
  readonly code: string;
  readonly severity: string;
  readonly path: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
};

const STATES: readonly ObjectVerdict['state'][] = ['applied', 'held', 'rejected'];

/** The verdict on `file` out of galley's page `/debug/configz`. */
export function verdictOn(file: string, page: unknown): Verdict {
  const objects = list(field(page, 'objects')).filter(
    (object) => text(field(object, 'origin'), 'file') === file,
  );
  return {
    objects: objects.map((object) => ({
      kind: text(object, 'kind'),
      namespace: text(object, 'namespace'),
      name: text(object, 'name'),
      state: STATES.find((state) => state === text(object, 'state')) ?? 'rejected',
      line: number(field(object, 'origin'), 'line'),
      issues: list(field(object, 'issues')).map(issueOf),
    })),
    issues: list(field(page, 'issues'))
      .map(issueOf)
      .filter((issue) => issue.file === file),
  };
}

function issueOf(issue: unknown): IssueVerdict {
  return {
    code: text(issue, 'code'),
    severity: text(issue, 'severity'),
    path: text(issue, 'path'),
    message: text(issue, 'message'),
    file: text(issue, 'file'),
    line: number(issue, 'line'),
  };
}
