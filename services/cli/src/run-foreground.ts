import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Program } from '@quintet/runtime/command';

/** Runs a command with this program's streams until it ends; signals are passed on. Answers its exit code. */
export function runForeground(program: Program, [file = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', cwd: program.cwd });
    const stop = program.stopSignal();
    const passOn = (): void => {
      child.kill('SIGTERM');
    };
    stop.addEventListener('abort', passOn, { once: true });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      stop.removeEventListener('abort', passOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
