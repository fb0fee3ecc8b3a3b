import { errorText, MeshError, type Program } from '@quintet/runtime/command';
import type { Command } from './command.ts';
import { COMMANDS, type CommandEntry } from './commands/table.ts';
import { CommandFailure, EXIT } from './exit.ts';
import { commandHelp, generalHelp } from './help.ts';
import { readArguments } from './read-arguments.ts';

/** Runs the command that the arguments name and answers the exit code. */
export async function runCli(program: Program): Promise<number> {
  try {
    return await dispatch(program);
  } catch (error) {
    if (error instanceof CommandFailure) return complain(program, error.message, error.hint, error.exitCode);
    if (error instanceof MeshError) return complain(program, errorText(error), error.hint, EXIT.failed);
    throw error;
  }
}

function complain(program: Program, message: string, hint: string | undefined, exitCode: number): number {
  program.err.write(`quintet: ${message}${hint === undefined ? '' : ` (${hint})`}\n`);
  return exitCode;
}

async function dispatch(program: Program): Promise<number> {
  const { args } = program;
  if (args.length === 0) {
    program.err.write(generalHelp(COMMANDS));
    return EXIT.usage;
  }
  if (isHelp(args[0]) || args[0] === 'help') return printHelp(program, args.slice(1));
  const entry = findEntry(args);
  const rest = args.slice(entry.words.length);
  const command = await entry.load();
  if (command.passesThrough !== true && rest.some(isHelp)) return printCommandHelp(program, command);
  if (command.passesThrough === true && isHelp(rest[0])) return printCommandHelp(program, command);
  return command.run(readArguments(command, rest, program));
}

function isHelp(arg: string | undefined): boolean {
  return arg === '--help' || arg === '-h';
}

async function printHelp(program: Program, words: readonly string[]): Promise<number> {
  if (words.length > 0) return printCommandHelp(program, await findEntry(words).load());
  program.out.write(generalHelp(COMMANDS));
  return EXIT.ok;
}

function printCommandHelp(program: Program, command: Command): number {
  program.out.write(commandHelp(command));
  return EXIT.ok;
}

function findEntry(args: readonly string[]): CommandEntry {
  const entry = COMMANDS.find(({ words }) => words.every((word, index) => args[index] === word));
  if (entry !== undefined) return entry;
  const group = COMMANDS.filter(({ words }) => words.length > 1 && words[0] === args[0]);
  if (group.length > 0) {
    const names = group.map(({ words }) => words.join(' ')).join(', ');
    throw new CommandFailure(EXIT.usage, `"${args[0]}" needs one of: ${names}`);
  }
  throw new CommandFailure(EXIT.usage, `unknown command "${args[0]}"; see quintet --help`);
}
