import type { Issue, Severity } from '../issue.ts';
import { ISSUE_CODES } from '../issue-codes.ts';
import type { AnalysisFinding, Analyzer } from './analyzer.ts';
import { ANALYZERS } from './analyzers.ts';
import type { AnalysisWorld } from './world/analysis-world.ts';
import { indexWorld } from './world/world-index.ts';

export type AnalyzeOptions = {
  /** Instead of all of {@link ANALYZERS}. */
  readonly analyzers?: readonly Analyzer[];
  /** Further analysers, such as those of mixer's rules, that need more than this library knows. */
  readonly alsoAnalyze?: readonly Analyzer[];
};

/**
 * Looks for what does not fit in a whole configuration: objects that are wrong, that refer to what is not there, or
 * that get into each other's way. Pure. The issues carry file and line where the object came from a file; errors come
 * first, then by object and line.
 */
export function analyze(world: AnalysisWorld, options: AnalyzeOptions = {}): readonly Issue[] {
  const steps = analyzeInSteps(world, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** What {@link analyze} does, for a process with other things to do: it yields after each analyser, and returns the issues. */
export function* analyzeInSteps(
  world: AnalysisWorld,
  options: AnalyzeOptions = {},
): Generator<void, readonly Issue[], void> {
  const index = indexWorld(world);
  const issues: Issue[] = [];
  for (const analyzer of [...(options.analyzers ?? ANALYZERS), ...(options.alsoAnalyze ?? [])]) {
    yield;
    for (const finding of analyzer.analyze(index)) issues.push(issueOf(finding, world));
  }
  return sortIssues(issues);
}

function issueOf({ code, subject, path, message, severity }: AnalysisFinding, world: AnalysisWorld): Issue {
  const { kind, namespace, name, origin } = subject;
  return {
    code,
    severity: severity ?? ISSUE_CODES[code].severity,
    resource: { kind, namespace, name },
    path,
    message,
    ...(origin && { origin: { file: origin.file, line: world.lineOf(subject, path) || origin.line } }),
  };
}

const RANKS: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Errors first, then by file, line, object and code: the same findings are always in the same order. */
export function sortIssues(issues: readonly Issue[]): readonly Issue[] {
  const keyed = issues.map((issue) => ({ issue, key: keyOf(issue) }));
  const compare = (a: (typeof keyed)[number], b: (typeof keyed)[number]): number =>
    RANKS[a.issue.severity] - RANKS[b.issue.severity] ||
    compareText(a.issue.origin?.file ?? '', b.issue.origin?.file ?? '') ||
    (a.issue.origin?.line ?? 0) - (b.issue.origin?.line ?? 0) ||
    compareText(a.key, b.key);
  return keyed.toSorted(compare).map(({ issue }) => issue);
}

function keyOf({ resource, code, path, message }: Issue): string {
  const name = resource ? [resource.kind, resource.namespace, resource.name] : [];
  return JSON.stringify([...name, code, path, message]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
