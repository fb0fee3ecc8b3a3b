import type { Option, Options } from './option.ts';
import { flagNames } from './parse-config.ts';

/** One option as the documentation shows it. */
export type OptionRow = {
  readonly flag: string;
  readonly type: string;
  readonly default: string;
  readonly env: string;
  readonly description: string;
};

/** Rows of the printed documentation, in the order of declaration. */
export function optionRows(options: Options): readonly OptionRow[] {
  return Object.entries(options).map(([key, option]) => ({
    flag: flagNames(key, option).toSorted(byLength).join(', '),
    type: option.type === 'enum' ? option.values.join('|') : option.type,
    default: defaultText(option),
    env: option.env ?? '',
    description: option.description,
  }));
}

/** The text of `--help`. */
export function optionTable(program: string, description: string, options: Options): string {
  const rows = optionRows(options);
  const width = Math.max(...rows.map((r) => r.flag.length + r.type.length + 1), '--help'.length);
  const lines = rows.map((row) => {
    const notes = [
      row.default === '' ? '' : `default ${row.default}`,
      row.env === '' ? '' : `env ${row.env}`,
    ].filter((note) => note !== '');
    const tail = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
    return `  ${`${row.flag} ${row.type}`.padEnd(width)}  ${row.description}${tail}`;
  });
  const help = `  ${'--help'.padEnd(width)}  print this and end`;
  return `${description}\n\nUsage: ${program} [flags]\n\n${[...lines, help].join('\n')}\n`;
}

/** The letter first; names in the order of declaration. */
function byLength(a: string, b: string): number {
  return Math.min(a.length, 3) - Math.min(b.length, 3);
}

function defaultText(option: Option): string {
  if (option.required === true) return 'required';
  if (option.secret === true || option.default === undefined) return '';
  return Array.isArray(option.default) ? option.default.join(',') : String(option.default);
}
