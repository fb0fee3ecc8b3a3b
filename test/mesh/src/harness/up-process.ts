import { type ChildProcess, spawn } from 'node:child_process';
import { CLI } from './checkout.ts';

/** A running `quintet up`. */
export type UpProcess = {
  readonly pid: number;
  /** What it wrote to either stream so far, in the order of arrival. */
  output(): string;
  /** The lines it wrote so far. */
  lines(): readonly string[];
  /** The first line from number `from` on that `wanted` matches; rejects when none comes in time, or `up` ends. */
  line(wanted: RegExp, options?: { readonly from?: number; readonly timeoutMs?: number }): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** How it ended: the exit code, or the name of the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
};

export type UpOptions = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

const LINE_LIMIT_MS = 10_000;

/** Starts `quintet up`. It ends when this process does, however that is: its fourth stream is a pipe that closes then. */
export function startUp({ args, env }: UpOptions): UpProcess {
  const child = spawn(process.execPath, ['-C', 'development', CLI, 'up', ...args], {
    env: { ...process.env, ...env, QUINTET_STARTER_FD: '3' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const ended = endOf(child);
  ended.catch(() => {});
  return {
    pid: child.pid ?? 0,
    output: output.text,
    lines: () => output.text().split('\n'),
    signal: (name) => {
      child.kill(name);
    },
    ended,
    line: (wanted, { from = 0, timeoutMs = LINE_LIMIT_MS } = {}) =>
      new Promise((resolve, reject) => {
        const find = (): string | undefined =>
          output
            .text()
            .split('\n')
            .slice(from)
            .find((line) => wanted.test(line));
        const finish = (act: () => void): void => {
          clearTimeout(timer);
          output.forget(look);
          act();
        };
        const look = (): void => {
          const line = find();
          if (line !== undefined) finish(() => resolve(line));
        };
        const missing = (why: string): void =>
          finish(() => reject(new Error(`no line ${wanted} ${why} in:\n${output.text()}`)));
        const timer = setTimeout(() => missing(`within ${timeoutMs} ms`), timeoutMs);
        output.notify(look);
        void ended.finally(() => missing('before its end')).catch(() => {});
        look();
      }),
  };
}

function collect({ stdout, stderr }: ChildProcess) {
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const listener of [...listeners]) listener();
    });
  }
  return {
    text: () => text,
    notify: (listener: () => void) => listeners.add(listener),
    forget: (listener: () => void) => listeners.delete(listener),
  };
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal ?? -1));
  });
}
