import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import process from 'node:process';

/** A program of the control plane that can be ended and started again. */
export type Program = {
  /** Of the running process, for measuring what it uses. */
  pid(): number | undefined;
  start(): void;
  /** Ends it without warning. */
  kill(): Promise<void>;
  /** The end of what it logged. */
  log(): Promise<string>;
};

/** A program that is not started yet. Whatever ends this process ends the program. */
export function createProgram(options: {
  readonly path: string;
  readonly args: readonly string[];
  readonly logFile: string;
}): Program {
  const { path, args, logFile } = options;
  let child: ChildProcess | undefined;
  const killAtExit = () => child?.kill('SIGKILL');
  return {
    pid: () => child?.pid,
    start() {
      if (child !== undefined) return;
      const started = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      const log = createWriteStream(logFile, { flags: 'a' });
      started.stdout.pipe(log, { end: false });
      started.stderr.pipe(log, { end: false });
      process.once('exit', killAtExit);
      started.once('error', (error) => log.write(`${error}\n`));
      started.once('close', () => {
        process.off('exit', killAtExit);
        if (child === started) child = undefined;
        log.end();
      });
    },
    async kill() {
      const running = child;
      if (running === undefined) return;
      const closed = once(running, 'close');
      running.kill('SIGKILL');
      await closed;
    },
    async log() {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      return text.split('\n').slice(-15).join('\n');
    },
  };
}
