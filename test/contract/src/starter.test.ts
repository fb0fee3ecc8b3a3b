import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually, freePort, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const WITH_NODE = join(ROOT, 'services/cli/bin/with-node.mjs');
const START_LIMIT_MS = 30_000;

let temp: TempDir;
beforeAll(async () => {
  temp = await makeTempDir();
});
afterAll(() => temp.remove());

/** What `npm start` and its like run. */
function withNode(...args: readonly string[]) {
  return spawn('node', [WITH_NODE, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
}

describe('what `npm` starts', () => {
  it.each([
    ['of ours has a pipe to its starter', 'program/print.mjs', '3 true\n'],
    ['of others knows of none', 'node_modules/tool/print.mjs', 'undefined false\n'],
  ])('%s', async (_, name, expected) => {
    const file = join(temp.path, name);
    await mkdir(dirname(file), { recursive: true });
    const isPipe = '(() => { try { return fstatSync(3).isSocket() } catch { return false } })()';
    await writeFile(
      file,
      `import { fstatSync } from 'node:fs'; console.log(process.env.QUINTET_STARTER_FD, ${isPipe});`,
    );
    expect(await text(withNode(file).stdout)).toBe(expected);
  });

  it('as a service runs until the first of its starters is killed', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const config = join(temp.path, 'configuration');
    await mkdir(config);
    const flags = ['--insecure', '--server-address=127.0.0.1:0', `--admin-address=${address}`];
    const starter = withNode(
      'services/cli/src/main.ts',
      'serve',
      'galley',
      ...flags,
      `--configPath=${config}`,
    );
    try {
      const isReady = async () => (await fetch(`http://${address}/readyz`)).ok;
      await eventually(isReady, { timeoutMs: START_LIMIT_MS, everyMs: 50 });
    } finally {
      const closed = once(starter, 'close');
      starter.kill('SIGKILL');
      // The stream is closed when the last of those that hold it has ended: the service.
      starter.stdout.resume();
      await closed;
    }
    await expect(fetch(`http://${address}/livez`)).rejects.toThrow();
  });
});
