import { describe, expect, it } from 'vitest';
import { runCommand } from './testing/run-command.ts';

describe('runCli', () => {
  it.each([
    [['nonsense'], 64, 'quintet: unknown command "nonsense"; see quintet --help\n'],
    [['mixer'], 64, 'quintet: "mixer" needs one of: mixer eval\n'],
    [['tools', '--nonsense'], 64, "quintet: unknown option '--nonsense'\n"],
    [['tools', 'extra'], 64, 'quintet: unexpected argument "extra"; usage: quintet tools\n'],
    [['validate', '-f'], 64, "quintet: option '-f, --filename <value>' argument missing\n"],
    [['validate', '-f', ''], 64, 'quintet: -f needs a value\n'],
    [
      ['validate', '-f', 'a', '-o', 'xml'],
      64,
      'quintet: -o xml: unknown format, expected json, yaml or log\n',
    ],
    [['up', '--name', 'Not OK'], 64, 'quintet: --name Not OK: expected small letters, digits and dashes\n'],
    [['events', '--last', 'many'], 64, 'quintet: --last many: expected a whole number\n'],
    [
      ['proxy-config', 'secrets', 'a'],
      64,
      'quintet: unknown view "secrets"; one of clusters, listeners, routes, endpoints\n',
    ],
    [['proxy-config', 'routes', 'a', '--port', '1'], 64, 'quintet: --port does not filter routes\n'],
  ])('%j ends with %i and one line', async (args, code, err) => {
    expect(await runCommand(args)).toEqual({ code, out: '', err });
  });

  it('shows the commands on standard output when asked, on standard error when not', async () => {
    const asked = await runCommand(['--help']);
    expect(asked).toMatchObject({ code: 0, err: '' });
    const silent = await runCommand([]);
    expect(silent).toEqual({ code: 64, out: '', err: asked.out });
  });

  it('shows the flags of a command', async () => {
    const { code, out } = await runCommand(['validate', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: quintet validate');
    expect((await runCommand(['help', 'validate'])).out).toBe(out);
  });
});
