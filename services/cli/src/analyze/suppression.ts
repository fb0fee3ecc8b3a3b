import { type Issue, isIssueCode } from '@quintet/model';
import { CommandFailure, EXIT } from '../exit.ts';

/** Tells whether an issue is not to be shown. */
export type Suppression = (issue: Issue) => boolean;

/**
 * Reads the values of `--suppress`: `CODE=Kind name.namespace`, where `*` stands for any characters. Throws
 * CommandFailure with exit code 64 for what is no such value.
 */
export function readSuppressions(values: readonly string[]): Suppression {
  const rules = values.map(readRule);
  return (issue) => rules.some((rule) => rule(issue));
}

function readRule(value: string): Suppression {
  const [, code = '', pattern = ''] = /^([A-Z]+[0-9]+)=(\S+ \S+)$/.exec(value) ?? [];
  if (!isIssueCode(code)) {
    throw new CommandFailure(
      EXIT.usage,
      `--suppress ${value}: expected a code and a resource, such as "IST0102=Namespace test" or "QTT4008=Service *.shop"`,
    );
  }
  return (issue) => issue.code === code && matches(pattern, nameOf(issue));
}

function nameOf({ resource }: Issue): string {
  if (resource === undefined) return '';
  const { kind, name, namespace } = resource;
  return namespace === '' ? `${kind} ${name}` : `${kind} ${name}.${namespace}`;
}

/** `*` stands for any characters, none too. Time is linear in the text for each star. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
