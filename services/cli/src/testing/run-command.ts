import type { Program } from '@quintet/runtime/command';
import { runCli } from '../cli.ts';

export type CommandRun = { readonly code: number; readonly out: string; readonly err: string };

export type RunCommandOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What comes in on standard input. */
  readonly input?: string;
  /** Processes that are said to be alive. */
  readonly alive?: readonly number[];
};

/** Runs a command in this process and answers what it wrote. */
export async function runCommand(
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandRun> {
  const written = { out: '', err: '' };
  const output = (key: 'out' | 'err') => ({
    isTerminal: false,
    columns: () => undefined,
    write: (text: string) => {
      written[key] += text;
    },
  });
  const program: Program = {
    args,
    env: options.env ?? {},
    cwd: options.cwd ?? '/',
    pid: 1,
    platform: 'linux',
    arch: 'x64',
    nodePath: '/bin/false',
    readInput: async () => options.input ?? '',
    out: output('out'),
    err: output('err'),
    stopSignal: () => new AbortController().signal,
    isAlive: (pid) => options.alive?.includes(pid) ?? false,
    kill: () => false,
  };
  const code = await runCli(program);
  return { code, ...written };
}
