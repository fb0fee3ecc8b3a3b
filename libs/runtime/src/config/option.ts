type Named = {
  /** Name on the command line without dashes; the key of the option unless given. */
  readonly flag?: string;
  /** One letter, `-c`. */
  readonly short?: string;
  /** Further names of the flag, without dashes: those of the classic component. */
  readonly aliases?: readonly string[];
  /** Environment variable that gives the value when the flag does not. */
  readonly env?: string;
  /** One sentence for `--help` and the documentation. */
  readonly description: string;
  readonly required?: boolean;
  /** Never printed, neither by `--help` nor in the log. */
  readonly secret?: boolean;
};

export type StringOption = Named & { readonly type: 'string'; readonly default?: string };
export type IntOption = Named & {
  readonly type: 'int';
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
};
export type BoolOption = Named & { readonly type: 'bool'; readonly default?: boolean };
/** Go syntax (`5s`); the value is in milliseconds. */
export type DurationOption = Named & { readonly type: 'duration'; readonly default?: string };
/** `4MiB`; the value is in bytes. */
export type SizeOption = Named & { readonly type: 'size'; readonly default?: string };
/** Given several times, or once with commas; in the environment with commas. */
export type ListOption = Named & { readonly type: 'list'; readonly default?: readonly string[] };
export type EnumOption = Named & {
  readonly type: 'enum';
  readonly values: readonly string[];
  readonly default?: string;
  /** The part of a longer text that counts; the text itself unless given. */
  readonly pick?: (text: string) => string;
};

/** One thing that can be set: a flag, an environment variable, a type, a default. */
export type Option =
  | StringOption
  | IntOption
  | BoolOption
  | DurationOption
  | SizeOption
  | ListOption
  | EnumOption;

export type Options = Readonly<Record<string, Option>>;

type Raw<O extends Option> = O extends { type: 'string' }
  ? string
  : O extends { type: 'int' | 'duration' | 'size' }
    ? number
    : O extends { type: 'bool' }
      ? boolean
      : O extends { type: 'list' }
        ? readonly string[]
        : O extends { type: 'enum'; values: readonly (infer V)[] }
          ? V
          : never;

type Present<O extends Option> = O extends { type: 'bool' | 'list' }
  ? true
  : O extends { required: true }
    ? true
    : O extends { default: string | number }
      ? true
      : false;

/** What an option gives: undefined only when it has neither a default nor `required`. */
export type ValueOf<O extends Option> = Present<O> extends true ? Raw<O> : Raw<O> | undefined;

/** What a set of options gives. */
export type ValuesOf<O extends Options> = { readonly [K in keyof O]: ValueOf<O[K]> };
