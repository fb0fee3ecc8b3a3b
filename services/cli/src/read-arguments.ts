import { parseArgs } from 'node:util';
import type { Program } from '@quintet/runtime/command';
import type { Command, CommandInput } from './command.ts';
import { CommandFailure, EXIT } from './exit.ts';

/** Reads the arguments of a command against its flags. Throws CommandFailure with exit code 64 for what does not fit. */
export function readArguments(command: Command, args: readonly string[], program: Program): CommandInput {
  if (command.passesThrough === true) return inputOf(program, [...args], {});
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { type, short, multiple }]) => [
      name,
      { type, multiple: multiple ?? false, ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { values, positionals, tokens } = parse(options, args.map(plainBoolean(options)));
  for (const token of tokens) {
    if (token.kind === 'option' && token.value === '') {
      throw new CommandFailure(EXIT.usage, `${token.rawName} needs a value`);
    }
  }
  const { least, most } = command.positionals;
  const usage = `usage: quintet ${command.usage}`;
  if (positionals.length < least) throw new CommandFailure(EXIT.usage, `an argument is missing; ${usage}`);
  const extra = positionals[most];
  if (extra !== undefined) throw new CommandFailure(EXIT.usage, `unexpected argument "${extra}"; ${usage}`);
  return inputOf(program, positionals, values);
}

type Options = Record<string, { type: 'string' | 'boolean'; multiple: boolean; short?: string }>;

/** `--flag=true` and `--flag=false`, as the classic command line takes them, in Node's own spelling. */
function plainBoolean(options: Options): (arg: string) => string {
  return (arg) => {
    const [, name = '', value] = /^--([\w-]+)=(true|false)$/.exec(arg) ?? [];
    if (options[name]?.type !== 'boolean') return arg;
    return value === 'true' ? `--${name}` : `--no-${name}`;
  };
}

function parse(options: Options, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
      allowNegative: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node explains at length how to escape dashes; the first sentence is what matters.
    const [sentence = error.message] = error.message.split(/[.\n] /);
    throw new CommandFailure(EXIT.usage, sentence.charAt(0).toLowerCase() + sentence.slice(1));
  }
}

type Value = string | boolean | (string | boolean)[] | undefined;

function inputOf(program: Program, positionals: string[], values: Record<string, Value>): CommandInput {
  const all = (name: string): string[] => [values[name]].flat().filter((value) => typeof value === 'string');
  return {
    program,
    positionals,
    option: (name) => all(name).at(-1),
    options: all,
    has: (name) => values[name] === true,
    toggle: (name) => {
      const value = values[name];
      return typeof value === 'boolean' ? value : undefined;
    },
  };
}
