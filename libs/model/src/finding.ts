import type { Severity } from './issue.ts';
import type { IssueCode } from './issue-codes.ts';

/** What a check says about one object: an issue before it is known which object and which file it belongs to. */
export type Finding = {
  /** Where in the object: `spec.http[0].route[1].weight`; empty for the object as a whole. */
  readonly path: string;
  /** One sentence: what was found and what is expected. */
  readonly message: string;
  /** Absent: a schema error, IST0106. */
  readonly code?: IssueCode;
  /** Absent: the severity that the table of codes gives. */
  readonly severity?: Severity;
  /** Line in the file, from 1, when the check knows better than the path tells. */
  readonly line?: number;
  /** A field that does not exist: what is read of the object is all the rest of it. */
  readonly unknownField?: true;
};
