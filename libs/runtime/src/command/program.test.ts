import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { STARTER_DESCRIPTOR } from '../service/watch-starter.ts';

const PROGRAM = JSON.stringify(new URL('./program.ts', import.meta.url).href);

/** Runs a program with a starter; what is in `body` may use `program`, and its child gets the same environment. */
function run(body: string) {
  const code = `
    import { execFileSync } from 'node:child_process';
    import { once } from 'node:events';
    import { runProgram } from ${PROGRAM};
    runProgram(async (program) => { ${body}; return 0; });`;
  const child = spawn(process.execPath, ['-C', 'development', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, [STARTER_DESCRIPTOR]: '3', MARK: 'x' },
  });
  const out = child.stdout === null ? Promise.resolve('') : text(child.stdout);
  return { child, out, ended: once(child, 'exit').then(([exitCode]: unknown[]) => exitCode) };
}

// Each case starts a process: seconds on a busy machine.
describe('a program with a starter', { timeout: 30_000 }, () => {
  it('does not hand its descriptor to the programs that it starts', async () => {
    const { out, ended } = run(`
      const print = 'JSON.stringify(process.env)';
      program.out.write(execFileSync(program.nodePath, ['-p', print], { env: program.env, encoding: 'utf8' }))`);
    const inherited: unknown = JSON.parse(await out);
    expect(inherited).toHaveProperty('MARK', 'x');
    expect(inherited).not.toHaveProperty(STARTER_DESCRIPTOR);
    expect(await ended).toBe(0);
  });

  it('is told to stop when the starter has gone', async () => {
    const { child, out, ended } = run(`
      const alive = setInterval(() => {}, 1000);
      const stop = program.stopSignal();
      program.out.write('waiting ');
      if (!stop.aborted) await once(stop, 'abort');
      clearInterval(alive);
      program.out.write(stop.reason)`);
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.stdio[3]?.destroy();
    expect(await ended).toBe(0);
    expect(await out).toBe('waiting the program that started this one has ended');
  });
});
