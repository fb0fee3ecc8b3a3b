import type { CommandInput } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';

/** Whether `-o json` was asked for. Throws CommandFailure with exit code 64 for another format. */
export function wantsJson({ option }: CommandInput): boolean {
  const format = option('output');
  if (format === undefined || format === '') return false;
  if (format === 'json') return true;
  throw new CommandFailure(EXIT.usage, `-o ${format}: unknown format, expected json`);
}

/** The formats of commands that print more than a table or JSON; `log` is lines of text. */
export type OutputFormat = 'json' | 'yaml' | 'log';

/** The format that `-o` names; `log` when it was not given. Throws CommandFailure with exit code 64 for another. */
export function outputFormat({ option }: Pick<CommandInput, 'option'>): OutputFormat {
  const format = option('output') ?? 'log';
  if (format === 'json' || format === 'yaml' || format === 'log') return format;
  throw new CommandFailure(EXIT.usage, `-o ${format}: unknown format, expected json, yaml or log`);
}

/** A value as indented JSON with a line end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
