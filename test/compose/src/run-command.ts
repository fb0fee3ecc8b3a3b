import { spawn } from 'node:child_process';

export type CommandResult = {
  /** -1 when the program could not be started, was ended by a signal or took too long. */
  readonly code: number;
  readonly stdout: string;
  /** Both streams, in the order in which they came. */
  readonly output: string;
};

export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

const MINUTE_MS = 60_000;

/**
 * Runs a program and never rejects. After `timeoutMs` (a minute) the program is told to end and its output says so; programs
 * that it started and that keep its output open are not waited for.
 */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { cwd, env = {}, timeoutMs = MINUTE_MS } = options;
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    let stdout = '';
    let output = '';
    const child = spawn(program, args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = (code: number, last = '') => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, stdout, output: output + last });
    };
    const timer = setTimeout(() => {
      child.kill();
      end(-1, `not at its end after ${timeoutMs / 1000} s\n`);
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.on('error', (error) => end(-1, `${error.message}\n`));
    child.on('close', (code) => end(code ?? -1));
  });
}

/** The output on stdout of a program that must succeed; throws with all it said when it does not. */
export async function mustRun(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, output } = await runCommand(command, options);
  if (code === 0) return stdout;
  throw new Error(`${command.join(' ')} ended with ${code}:\n${output.slice(-4000)}`);
}
