import type { Option, Options } from './option.ts';
import { parseValue, type Value } from './parse-value.ts';

export type ConfigInput = {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Values by option key and everything that is wrong with the input, a line each. */
export type RawConfig = {
  readonly values: Readonly<Record<string, Value | undefined>>;
  readonly problems: readonly string[];
  readonly help: boolean;
};

type Given = { readonly key: string; readonly option: Option; readonly shown: string; readonly text: string };

/** The flag of an option, without dashes. */
export function flagName(key: string, option: Option): string {
  return option.flag ?? key;
}

/**
 * Reads flags and environment: a flag wins over the environment, the environment over the default.
 * Of a flag given twice the last wins, but lists collect. Pure.
 */
export function parseConfig(options: Options, input: ConfigInput): RawConfig {
  const problems: string[] = [];
  const values: Record<string, Value | undefined> = {};
  const { given, help } = readFlags(options, input.argv, problems);
  for (const [key, option] of Object.entries(options)) {
    const flags = given.filter((g) => g.key === key);
    const env = option.env === undefined ? undefined : input.env[option.env];
    const sources =
      flags.length > 0
        ? flags
        : env === undefined || env === ''
          ? []
          : [{ key, option, shown: `${option.env}`, text: env }];
    values[key] = readValue(option, sources, problems);
    if (values[key] === undefined && option.required === true && sources.length === 0) {
      const or = option.env === undefined ? '' : ` (or environment variable ${option.env})`;
      problems.push(`--${flagName(key, option)}${or}: missing, expected ${describeType(option)}`);
    }
  }
  return { values, problems, help };
}

function readFlags(options: Options, argv: readonly string[], problems: string[]) {
  const byName = new Map<string, { key: string; option: Option }>();
  for (const [key, option] of Object.entries(options)) {
    byName.set(`--${flagName(key, option)}`, { key, option });
    if (option.short !== undefined) byName.set(`-${option.short}`, { key, option });
  }
  const given: Given[] = [];
  let help = false;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? '';
    if (arg === '--help' || arg === '-h') {
      help = true;
      continue;
    }
    const eq = arg.startsWith('-') ? arg.indexOf('=') : -1;
    const shown = eq < 0 ? arg : arg.slice(0, eq);
    const known = byName.get(shown);
    if (known === undefined) {
      problems.push(unknownFlag(shown, [...byName.keys()]));
      if (shown.startsWith('-') && eq < 0 && argv[i + 1]?.startsWith('-') === false) i++;
      continue;
    }
    const text = eq >= 0 ? arg.slice(eq + 1) : flagText(known.option, argv[i + 1]);
    if (text === undefined) {
      problems.push(`${shown}: nothing follows it, expected ${describeType(known.option)}`);
      continue;
    }
    if (eq < 0 && known.option.type !== 'bool') i++;
    given.push({ ...known, shown, text });
  }
  return { given, help };
}

/** The text that belongs to a flag without `=`; a bool takes none. A negative number is a value, a flag is not. */
function flagText(option: Option, next: string | undefined): string | undefined {
  if (option.type === 'bool') return 'true';
  if (next?.startsWith('-') === true && next.length > 1 && !/^-\d/.test(next)) return undefined;
  return next;
}

function readValue(option: Option, sources: readonly Given[], problems: string[]): Value | undefined {
  const read: Value[] = [];
  for (const source of sources) {
    const parsed = parseValue(option, source.text);
    if ('value' in parsed) read.push(parsed.value);
    else {
      const found = option.secret === true ? '(hidden)' : JSON.stringify(source.text);
      problems.push(`${source.shown}: found ${found}, expected ${parsed.expected}`);
    }
  }
  if (option.type === 'list' && read.length > 0) return read.flat().map(String);
  return read.at(-1) ?? defaultOf(option);
}

/** The default as a value; bools and lists always have one. A default that cannot be read is a bug. */
export function defaultOf(option: Option): Value | undefined {
  if (option.type === 'bool') return option.default ?? false;
  if (option.type === 'list') return option.default ?? [];
  if (option.default === undefined) return undefined;
  const parsed = parseValue(option, String(option.default));
  if ('value' in parsed) return parsed.value;
  throw new Error(`default ${option.default}: expected ${parsed.expected}`);
}

/** What an option takes, in words: `a duration`, `true or false`. */
export function describeType(option: Option): string {
  switch (option.type) {
    case 'string':
      return 'a text';
    case 'int':
      return 'an integer';
    case 'bool':
      return 'true or false';
    case 'duration':
      return 'a duration such as 5s';
    case 'size':
      return 'a size such as 4MiB';
    case 'list':
      return 'a list';
    case 'enum':
      return `one of ${option.values.join(', ')}`;
  }
}

function unknownFlag(found: string, names: readonly string[]): string {
  if (!found.startsWith('-')) return `${JSON.stringify(found)}: found an argument, expected only flags`;
  const near = names
    .map((name) => ({ name, distance: editDistance(found.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint = near !== undefined && near.distance <= 3 ? `, did you mean ${near.name}?` : ', see --help';
  return `${found}: unknown flag${hint}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
