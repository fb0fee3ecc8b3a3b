import type { ClassicFlags } from './classic-flags.ts';
import type { Options, ValuesOf } from './option.ts';
import { type OptionRow, optionRows, optionTable } from './option-table.ts';
import { type ConfigInput, defaultOf, flagNames, parseConfig } from './parse-config.ts';

export type ConfigSchema<O extends Options> = {
  /** One sentence: what the program does. */
  readonly description: string;
  readonly options: O;
  /** Flags of the classic component that are no options here. */
  readonly classic?: ClassicFlags;
};

/** What reading the flags came to. */
export type ConfigResult<V> =
  | { readonly kind: 'values'; readonly values: V; readonly warnings: readonly string[] }
  | { readonly kind: 'help'; readonly text: string }
  /** Every problem at once: a line each, naming flag, found, expected. */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** The only list of a program's flags and environment variables. */
export type ConfigDefinition<O extends Options> = ConfigSchema<O> & {
  /** Reads flags and environment; pure. `program` is the name shown by `--help`. */
  parse(program: string, input: ConfigInput): ConfigResult<ValuesOf<O>>;
  /** One row for each option, for the printed documentation. */
  rows(): readonly OptionRow[];
};

/** The values that a definition gives. */
export type ConfigOf<D> = D extends ConfigDefinition<infer O> ? ValuesOf<O> : never;

/**
 * Declares what a program can be told. Throws on a declaration that contradicts itself (two options with one
 * flag, a default of the wrong type): that is a bug.
 */
export function defineConfig<const O extends Options>(schema: ConfigSchema<O>): ConfigDefinition<O> {
  checkDeclaration(schema);
  return {
    ...schema,
    rows: () => optionRows(schema.options),
    parse(program, input) {
      const raw = parseConfig(schema.options, input, schema.classic);
      if (raw.help) {
        return { kind: 'help', text: optionTable(program, schema.description, schema.options) };
      }
      if (raw.problems.length > 0) return { kind: 'problems', problems: raw.problems };
      // The one place where values that were read by the declared types are given those types.
      return { kind: 'values', values: raw.values as ValuesOf<O>, warnings: raw.warnings };
    },
  };
}

/** A definition with further options and classic flags, e.g. those that every service has. */
export function extendConfig<const A extends Options, const B extends Options>(
  config: ConfigSchema<A>,
  more: B,
  classic: ClassicFlags = {},
): ConfigDefinition<A & B> {
  return defineConfig<A & B>({
    description: config.description,
    options: { ...config.options, ...more },
    classic: { ...classic, ...config.classic },
  });
}

function checkDeclaration({ options, classic = {} }: ConfigSchema<Options>): void {
  const seen = new Set<string>(['--help', '-h']);
  const names = Object.entries(options).flatMap(([key, option]) => flagNames(key, option));
  for (const name of [...names, ...Object.keys(classic).map((flag) => `--${flag}`)]) {
    if (seen.has(name)) throw new Error(`two options have the flag ${name}`);
    seen.add(name);
  }
  for (const option of Object.values(options)) defaultOf(option);
}
