import type { Issue, Severity } from '../issue.ts';
import { fillTemplate, type IssueCode } from '../issue-codes.ts';
import type { AnalyzedObject } from './world/analysis-world.ts';
import type { WorldIndex } from './world/world-index.ts';

/** One look at the configuration as a whole. */
export type Analyzer = {
  /** As `quintet analyze --list-analyzers` shows it; the classic ones have their classic names. */
  readonly name: string;
  /** What it finds, in one line. */
  readonly summary: string;
  /** The codes that it reports. */
  readonly codes: readonly IssueCode[];
  /** Pure: equal worlds give equal findings. */
  readonly analyze: (index: WorldIndex) => readonly AnalysisFinding[];
};

/** Something found about one object of the world. */
export type AnalysisFinding = {
  readonly code: IssueCode;
  readonly subject: AnalyzedObject;
  /** Where in the object: `spec.gateways[0]`; empty for the object as a whole. */
  readonly path: string;
  /** The whole sentence, or what stands for `%v` in the template of the code. */
  readonly message: string;
  /** Absent: the severity that the table of codes gives. */
  readonly severity?: Severity;
};

/** Makes a finding whose sentence is the template of its code, filled with `values`. */
export function found(
  code: IssueCode,
  at: { readonly subject: AnalyzedObject; readonly path: string; readonly severity?: Severity },
  values: readonly (string | number)[],
): AnalysisFinding {
  return { code, ...at, message: fillTemplate(code, values) };
}

/** Makes a finding about `subject` of an issue that a check of single objects gave. */
export function findingOfIssue(subject: AnalyzedObject, issue: Issue, code: IssueCode): AnalysisFinding {
  return { code, subject, path: issue.path, message: issue.message, severity: issue.severity };
}
