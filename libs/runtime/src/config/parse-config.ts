import { type ClassicFlags, judgeClassicFlag } from './classic-flags.ts';
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
  /** What was accepted and has no effect, a line each. */
  readonly warnings: readonly string[];
  readonly help: boolean;
};

type Given = { readonly key: string; readonly option: Option; readonly shown: string; readonly text: string };

/** The flag of an option, without dashes. */
export function flagName(key: string, option: Option): string {
  return option.flag ?? key;
}

/** All names of an option on the command line, with dashes; the first is the one that is shown. */
export function flagNames(key: string, option: Option): readonly string[] {
  const short = option.short === undefined ? [] : [`-${option.short}`];
  return [`--${flagName(key, option)}`, ...(option.aliases ?? []).map((alias) => `--${alias}`), ...short];
}

/**
 * Reads flags and environment: a flag wins over the environment, the environment over the default.
 * Of a flag given twice the last wins, but lists collect. Pure.
 */
export function parseConfig(options: Options, input: ConfigInput, classic: ClassicFlags = {}): RawConfig {
  const values: Record<string, Value | undefined> = {};
  const { given, help, problems, warnings } = readFlags(options, classic, input.argv);
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
  return { values, problems, warnings, help };
}

type ReadFlags = {
  readonly given: Given[];
  readonly problems: string[];
  readonly warnings: string[];
  help: boolean;
};

function readFlags(options: Options, classic: ClassicFlags, argv: readonly string[]): ReadFlags {
  const byName = namesOf(options);
  const read: ReadFlags = { given: [], problems: [], warnings: [], help: false };
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? '';
    if (arg === '--help' || arg === '-h') {
      read.help = true;
      continue;
    }
    const eq = arg.startsWith('-') ? arg.indexOf('=') : -1;
    const shown = eq < 0 ? arg : arg.slice(0, eq);
    const known = byName.get(shown);
    if (known === undefined) {
      const value = eq < 0 ? undefined : arg.slice(eq + 1);
      if (readForeignFlag(read, { shown, value, next: argv[i + 1] }, [...byName.keys()], classic)) i++;
      continue;
    }
    const text = eq >= 0 ? arg.slice(eq + 1) : flagText(known.option, argv[i + 1]);
    if (text === undefined) {
      read.problems.push(`${shown}: nothing follows it, expected ${describeType(known.option)}`);
      continue;
    }
    if (eq < 0 && known.option.type !== 'bool') i++;
    read.given.push({ ...known, shown, text });
  }
  return read;
}

function namesOf(options: Options): Map<string, { key: string; option: Option }> {
  const byName = new Map<string, { key: string; option: Option }>();
  for (const [key, option] of Object.entries(options)) {
    for (const name of flagNames(key, option)) byName.set(name, { key, option });
  }
  return byName;
}

type ForeignFlag = {
  readonly shown: string;
  /** What follows its `=`. */
  readonly value: string | undefined;
  readonly next: string | undefined;
};

/** Judges a flag that is no option. True when the next argument is its value. */
function readForeignFlag(
  { problems, warnings }: ReadFlags,
  { shown, value, next }: ForeignFlag,
  names: readonly string[],
  classic: ClassicFlags,
): boolean {
  const flag = shown.startsWith('--') ? new Map(Object.entries(classic)).get(shown.slice(2)) : undefined;
  const takesNext =
    value === undefined &&
    flag?.type !== 'switch' &&
    shown.startsWith('-') &&
    next?.startsWith('-') === false;
  if (flag === undefined) problems.push(unknownFlag(shown, names));
  else {
    const text = value ?? (takesNext ? (next ?? '') : flag.type === 'switch' ? 'true' : '');
    const verdict = judgeClassicFlag(shown, text, flag);
    if ('problem' in verdict) problems.push(verdict.problem);
    else warnings.push(verdict.warning);
  }
  return takesNext;
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
