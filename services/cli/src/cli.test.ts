import type { Program } from '@quintet/runtime/command';
import { describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

type Ran = { readonly code: number; readonly out: string; readonly err: string };

async function run(...args: string[]): Promise<Ran> {
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
    env: {},
    cwd: '/',
    pid: 1,
    platform: 'linux',
    arch: 'x64',
    nodePath: '/bin/false',
    out: output('out'),
    err: output('err'),
    stopSignal: () => new AbortController().signal,
    isAlive: () => false,
    kill: () => false,
  };
  const code = await runCli(program);
  return { code, ...written };
}

describe('runCli', () => {
  it.each([
    [['nonsense'], 64, 'quintet: unknown command "nonsense"; see quintet --help\n'],
    [['mixer'], 64, 'quintet: "mixer" needs one of: mixer eval\n'],
    [['tools', '--nonsense'], 64, "quintet: unknown option '--nonsense'\n"],
    [['tools', 'extra'], 64, 'quintet: unexpected argument "extra"; usage: quintet tools\n'],
    [['validate', '-f'], 64, "quintet: option '-f, --filename <value>' argument missing\n"],
    [['validate', '-f', ''], 64, 'quintet: -f needs a value\n'],
  ])('%j ends with %i and one line', async (args, code, err) => {
    expect(await run(...args)).toEqual({ code, out: '', err });
  });

  it('shows the commands on standard output when asked, on standard error when not', async () => {
    const asked = await run('--help');
    expect(asked).toMatchObject({ code: 0, err: '' });
    const silent = await run();
    expect(silent).toEqual({ code: 64, out: '', err: asked.out });
  });

  it('shows the flags of a command', async () => {
    const { code, out } = await run('validate', '--help');
    expect(code).toBe(0);
    expect(out).toContain('Usage: quintet validate');
    expect((await run('help', 'validate')).out).toBe(out);
  });
});
