import { spawn } from 'node:child_process';

export type CommandResult = {
  /** -1 when the program could not be started or was ended by a signal. */
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

/** Runs a program to its end and never rejects. */
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
      timeout: timeoutMs,
    });
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ code: -1, stdout, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, output }));
  });
}

/** The output on stdout of a program that must succeed; throws with all it said when it does not. */
export async function mustRun(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, output } = await runCommand(command, options);
  if (code === 0) return stdout;
  throw new Error(`${command.join(' ')} ended with ${code}:\n${output.slice(-4000)}`);
}
