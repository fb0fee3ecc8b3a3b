import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STARTER_DESCRIPTOR } from './watch-starter.ts';

const DEMO = new URL('../testing/demo-service.ts', import.meta.url).pathname;
const children: ChildProcess[] = [];
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quintet-service-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

type Line = {
  readonly msg: string;
  readonly port?: number;
  readonly component?: string;
  readonly env?: object;
};

/** A running demo service: its log as it comes, and its end. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ['-C', 'development', DEMO, '--admin-address', '127.0.0.1:0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  );
  children.push(child);
  let text = '';
  const waiting = new Set<() => void>();
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
    for (const wake of waiting) wake();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, text }));
  const line = (message: string): Promise<Line> =>
    new Promise((resolve) => {
      const look = () => {
        const found = text.split('\n').find((one) => one.includes(`"msg":"${message}"`));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(JSON.parse(found));
      };
      waiting.add(look);
      look();
    });
  return { child, ended, line };
}

// Each case starts a process: seconds on a busy machine.
describe('a service', { timeout: 30_000 }, () => {
  it('serves its admin port and ends in order with 0 on SIGTERM', async () => {
    const tokenFile = join(dir, 'token');
    writeFileSync(tokenFile, 'secret\n');
    const { child, ended, line } = start(['--mode=work', '--debug-token-file', tokenFile]);
    const { port } = await line('listening');
    await line('started');
    const get = async (path: string, token = '') => {
      const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      return `${response.status} ${(await response.text()).trim()}`;
    };
    expect(await get('/readyz')).toBe('200 ok');
    expect(await get('/livez')).toBe('200 ok');
    expect(await get('/readyz?verbose')).toContain('{"name":"started","state":"ok"}');
    expect(await get('/version')).toContain('"service":"demo"');
    expect(await get('/metrics')).toContain('istio_build{component="demo",tag="0.1.0"} 1');
    expect(await get('/debug/mode')).toBe('401 debug pages need a bearer token');
    expect(await get('/%64ebug/mode')).toBe('401 debug pages need a bearer token');
    expect(await get('/debug/mode', 'wrong')).toBe('401 wrong bearer token');
    expect(await get('/debug/mode', 'secret')).toContain('"mode": "work"');
    expect(await get('/nothing')).toBe('404 no such page: /nothing');
    child.kill('SIGTERM');
    const { code, text } = await ended;
    expect(code).toBe(0);
    expect(text).toContain('worker stopped');
    expect(text).not.toContain('secret');
  });

  it.each([
    ['fail', 1, 'demo: broke', 'a component failed; everything stops'],
    ['throw', 1, 'demo: ', 'uncaught exception: this is a bug'],
  ])('that breaks (%s) ends with %d and says why', async (mode, expected, words, logged) => {
    const { code, text } = await start(['--mode', mode]).ended;
    expect(code).toBe(expected);
    expect(text).toContain(words);
    expect(text).toContain(logged);
  });

  it('that hangs while stopping ends when its time is over', async () => {
    const { child, ended, line } = start(['--mode=hang', '--shutdown-timeout=300ms']);
    await line('started');
    child.kill('SIGTERM');
    const { code, text } = await ended;
    expect(code).toBe(0);
    expect(text).toContain('did not stop in time');
  });

  it('ends at once on a second signal', async () => {
    const { child, ended, line } = start(['--mode=hang', '--shutdown-timeout=1h']);
    const { port } = await line('listening');
    await line('started');
    child.kill('SIGTERM');
    await line('stopping');
    expect(await (await fetch(`http://127.0.0.1:${port}/readyz`)).text()).toContain('started: stopping');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(130);
  });

  it('ends when the program that started it has gone', async () => {
    const { child, ended, line } = start([], { [STARTER_DESCRIPTOR]: '3' });
    await line('started');
    child.stdio[3]?.destroy();
    const { code, text } = await ended;
    expect(code).toBe(0);
    expect(text).toContain('the program that started this one has gone');
  });

  it('does not hand the descriptor of its starter to the programs that it starts', async () => {
    const { line } = start(['--mode=start'], { [STARTER_DESCRIPTOR]: '3', MARK: 'x' });
    const { env } = await line('child');
    expect(env).toHaveProperty('MARK', 'x');
    expect(env).not.toHaveProperty(STARTER_DESCRIPTOR);
  });

  it('says in one line that a port is in use, and ends with 1', async () => {
    const { port } = await start([]).line('listening');
    const { code, text } = await start([`--admin-address=127.0.0.1:${port}`]).ended;
    expect(code).toBe(1);
    expect(text).toContain(`demo: cannot listen on 127.0.0.1:${port}: the port is in use\n`);
  });

  it('names every wrong flag at once and ends with 2', async () => {
    const { code, text } = await start(['--mod', 'x', '--mode=y', '--shutdown-timeout=soon']).ended;
    expect(code).toBe(2);
    expect(text.trim().split('\n')).toEqual([
      'demo: --mod: unknown flag, did you mean --mode?',
      'demo: --mode: found "y", expected one of work, fail, throw, hang, start',
      'demo: --shutdown-timeout: found "soon", expected a duration such as 5s or 1m30s',
    ]);
  });

  it('prints its flags', async () => {
    const { code, text } = await start(['--help']).ended;
    expect(code).toBe(0);
    expect(text).toContain('--mode work|fail|throw|hang|start');
    expect(text).toContain('(default info, env QUINTET_LOG_LEVEL)');
  });
});
