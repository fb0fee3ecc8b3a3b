import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program of the test, killed at its end. */
export type TestProcess = { readonly kill: () => Promise<void>; readonly output: () => string };

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Starts one of our services from its sources, as `serve` does. */
export function startService(name: string, flags: readonly string[]): TestProcess {
  return startProgram(process.execPath, [
    '-C',
    'development',
    `${ROOT}services/${name}/src/main.ts`,
    ...flags,
  ]);
}

export function startProgram(command: string, args: readonly string[]): TestProcess {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-64_000);
    });
  }
  return {
    output: () => output,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
