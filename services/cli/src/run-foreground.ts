import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Program, STARTER_DESCRIPTOR } from '@quintet/runtime/command';

/**
 * Runs a program of ours with this program's streams until it ends; signals are passed on. Answers its exit code. The
 * fourth stream is a pipe that closes when this process ends, however it ends: the program ends then, too.
 */
export function runForeground(program: Program, [file = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      cwd: program.cwd,
      env: { ...program.env, [STARTER_DESCRIPTOR]: '3' },
    });
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
