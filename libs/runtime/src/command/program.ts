import { text } from 'node:stream/consumers';
import { takeStarter, watchStarter } from '../service/watch-starter.ts';

/** A stream a command writes text to. */
export type TextOutput = {
  readonly isTerminal: boolean;
  /** Width of the terminal; undefined where there is none. */
  columns(): number | undefined;
  write(text: string): void;
};

/** What a command-line program may touch of its process. Tests hand in a literal. */
export type Program = {
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths are relative to: the caller's, also when a package manager changed it. */
  readonly cwd: string;
  readonly pid: number;
  readonly platform: string;
  readonly arch: string;
  /** This Node, for starting further programs with it. */
  readonly nodePath: string;
  /** Everything that comes in on standard input, to its end. */
  readInput(): Promise<string>;
  /** Data goes here. */
  readonly out: TextOutput;
  /** Talk goes here. */
  readonly err: TextOutput;
  /**
   * Aborted on SIGINT, SIGTERM or SIGHUP and when the program that started this one is gone. From the first call on
   * those signals no longer end the process by themselves.
   */
  stopSignal(): AbortSignal;
  /** True while a process of this id exists. */
  isAlive(pid: number): boolean;
  /** Sends a signal; false when there is no such process. */
  kill(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): boolean;
};

/**
 * Runs a command-line program and ends the process with the exit code it answers. What `main` throws is a bug: its
 * stack is written and the exit code is 1.
 */
export function runProgram(main: (program: Program) => Promise<number>): void {
  // The reader of a pipe went away (`| head`). Data that nobody wants is not worth going on for; a program that runs until
  // it is stopped goes on without its talk.
  process.stdout.on(
    'error',
    ignoreClosedPipe(() => !listening && process.exit(0)),
  );
  process.stderr.on(
    'error',
    ignoreClosedPipe(() => {}),
  );
  main(processProgram()).then(endWith, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    endWith(1);
  });
}

/** Ends the process when everything that was written has gone out: a pipe takes 64 KiB and the rest when it is read. */
function endWith(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

/** Whether somebody waits for the stop signal: then the program ends by it alone. */
let listening = false;

function ignoreClosedPipe(then: () => void): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== 'EPIPE') throw error;
    then();
  };
}

function processProgram(): Program {
  const starter = takeStarter(process.env);
  let stop: AbortSignal | undefined;
  return {
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.env.INIT_CWD ?? process.cwd(),
    pid: process.pid,
    platform: process.platform,
    arch: process.arch,
    nodePath: process.execPath,
    readInput: () => text(process.stdin),
    out: textOutput(process.stdout),
    err: textOutput(process.stderr),
    stopSignal: () => {
      stop ??= listenForStop(starter);
      return stop;
    },
    isAlive: (pid) => signal(pid, 0),
    kill: (pid, name) => signal(pid, name),
  };
}

function textOutput(stream: NodeJS.WriteStream): TextOutput {
  return {
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns,
    write: (text) => {
      stream.write(text);
    },
  };
}

function listenForStop(starter: number | undefined): AbortSignal {
  listening = true;
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => controller.abort(name));
  }
  watchStarter({
    descriptor: starter,
    onGone: () => controller.abort('the program that started this one has ended'),
  });
  return controller.signal;
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') return true;
    return false;
  }
}
