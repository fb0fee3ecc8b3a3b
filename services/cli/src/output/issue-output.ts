import { formatIssue, type Issue, issueText, type Severity } from '@quintet/model';
import { stringify } from 'yaml';
import type { CommandInput, CommandOption } from '../command.ts';
import { jsonText, type OutputFormat, outputFormat } from './output-format.ts';

/** How severities are called in output and flags, the gravest first. */
export const LEVELS = { error: 'Error', warning: 'Warning', info: 'Info' } as const satisfies Record<
  Severity,
  string
>;

/** An issue as JSON and YAML show it. */
export type IssueJson = {
  readonly code: string;
  readonly level: (typeof LEVELS)[Severity];
  readonly resource?: Issue['resource'];
  readonly file?: string;
  readonly line?: number;
  readonly path: string;
  readonly message: string;
};

/** An issue as data; `message` is the sentence of the code's template, or the bare message when `bare`. */
export function issueJson(issue: Issue, { bare }: { readonly bare: boolean }): IssueJson {
  const { code, severity, resource, path, message, origin } = issue;
  return {
    code,
    level: LEVELS[severity],
    ...(resource === undefined ? {} : { resource }),
    ...(origin === undefined ? {} : { file: origin.file, line: origin.line }),
    path,
    message: bare ? message : issueText(issue),
  };
}

const COLOURS: Readonly<Record<Severity, string>> = {
  error: '\u001b[1;31m',
  warning: '\u001b[33m',
  info: '\u001b[36m',
};
const PLAIN = '\u001b[0m';

/** How issues are written. */
export type IssueFormat = {
  readonly format: OutputFormat;
  /** Whether the level of a line has a colour. */
  readonly color: boolean;
  /** As of {@link issueJson}, for lists. */
  readonly bare?: boolean;
};

/** The flags that {@link issueFormat} reads. */
export const ISSUE_FORMAT_OPTIONS = {
  color: { type: 'boolean', help: 'colours, also where the output is no terminal; --no-color: none' },
  output: { type: 'string', short: 'o', value: 'FORMAT', help: 'json, yaml or log (default: log)' },
} as const satisfies Record<string, CommandOption>;

/** The format that the flags ask for. Throws CommandFailure with exit code 64 for one that is not known. */
export function issueFormat(input: CommandInput): IssueFormat {
  const { program, toggle } = input;
  return {
    format: outputFormat(input),
    color: toggle('color') ?? (program.out.isTerminal && program.env.NO_COLOR === undefined),
  };
}

/** Issues in the format asked for: a list, or a line each whose level may be coloured. */
export function issuesText(issues: readonly Issue[], { format, color, bare = false }: IssueFormat): string {
  if (format === 'json') return jsonText(issues.map((issue) => issueJson(issue, { bare })));
  if (format === 'yaml') return stringify(issues.map((issue) => issueJson(issue, { bare })));
  return issues.map((issue) => `${issueLine(issue, color)}\n`).join('');
}

function issueLine(issue: Issue, color: boolean): string {
  const line = formatIssue(issue);
  if (!color) return line;
  const level = LEVELS[issue.severity];
  return `${COLOURS[issue.severity]}${level}${PLAIN}${line.slice(level.length)}`;
}
