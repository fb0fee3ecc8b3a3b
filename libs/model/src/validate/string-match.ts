import { RE2JS } from 're2js';
import { type Report, shown } from './report.ts';

/** A match of text by one of several ways, as the messages `StringMatch` have it. */
export type StringMatchFields = {
  readonly matchType: { readonly case: string | undefined; readonly value?: unknown };
};

/** Checks that a regular expression is one in the syntax of RE2. */
export function checkStringMatch(match: StringMatchFields | undefined, path: string, report: Report): void {
  if (match?.matchType.case !== 'regex') return;
  const { value } = match.matchType;
  if (typeof value === 'string') checkRegex(value, `${path}.regex`, report);
}

/** Checks a regular expression. The engine has no backtracking: no expression can take for ever. */
export function checkRegex(regex: string, path: string, report: Report): void {
  if (regex.length > 1024) {
    report(path, `expected at most 1024 characters, found ${regex.length}`);
    return;
  }
  try {
    RE2JS.compile(regex);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report(path, `expected a regular expression (RE2 syntax), found ${shown(regex)}: ${reason}`);
  }
}
