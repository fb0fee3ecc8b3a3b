import type { Program } from '@quintet/runtime/command';

/** A flag of a command. The key of the record it stands in is its name without dashes. */
export type CommandOption = {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given several times. */
  readonly multiple?: boolean;
  /** What stands for the value in the help, e.g. `DIR`. */
  readonly value?: string;
  readonly help: string;
};

export type Command = {
  /** How it is called, without the program's name: `up [--config DIR]`. */
  readonly usage: string;
  /** What it does, for its help; lines of at most 100 characters. */
  readonly description: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** How many words may follow besides flags. */
  readonly positionals: { readonly least: number; readonly most: number };
  /** Leaves all arguments unread, for a program that is started with them. */
  readonly passesThrough?: boolean;
  /** Answers the exit code. Throws CommandFailure, or MeshError for what a library found. */
  run(input: CommandInput): Promise<number>;
};

export type CommandInput = {
  readonly program: Program;
  readonly positionals: readonly string[];
  /** Value of a flag; undefined when it was not given. */
  option(name: string): string | undefined;
  /** All values of a flag that may be repeated. */
  options(name: string): readonly string[];
  has(name: string): boolean;
  /** A flag that can be switched on and off; undefined when it was not given. */
  toggle(name: string): boolean | undefined;
};

/** The flag that all commands about a running mesh have. */
export const MESH_OPTION = {
  mesh: {
    type: 'string',
    value: 'NAME|FILE',
    help: 'the mesh to ask: its name or its mesh.json (default: QUINTET_MESH, else the only one running)',
  },
} as const satisfies Record<string, CommandOption>;

/** The flag of all commands that print data. */
export const OUTPUT_OPTION = {
  output: { type: 'string', short: 'o', value: 'json', help: 'print JSON instead of a table' },
} as const satisfies Record<string, CommandOption>;
