import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeTempDir, type TempDir } from '@quintet/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInputFiles } from './input-files.ts';

let temp: TempDir;
beforeEach(async () => {
  temp = await makeTempDir();
});
afterEach(() => temp.remove());

const at = (name: string): string => join(temp.path, name);
const read = (...paths: readonly string[]) =>
  readInputFiles({ cwd: temp.path, readInput: async () => 'input' }, paths);

describe('the files of the caller', () => {
  it('are those of a folder that a service would read, as the caller would write them', async () => {
    mkdirSync(at('..data'));
    writeFileSync(at('..data/b.yaml'), 'b');
    symlinkSync('..data/b.yaml', at('b.yaml'));
    symlinkSync('.', at('up.yaml'));
    mkdirSync(at('..linked'));
    writeFileSync(at('..linked/d.yaml'), 'd');
    symlinkSync('..linked', at('linked'));
    symlinkSync('nothing', at('gone'));
    mkdirSync(at('sub.yaml'));
    for (const name of ['sub.yaml/c.json', 'a.yml', 'notes.txt', '.d.yaml']) writeFileSync(at(name), 'x');
    expect((await read('.')).map(({ path }) => path)).toEqual([
      'a.yml',
      'b.yaml',
      'linked/d.yaml',
      'sub.yaml/c.json',
    ]);
    expect(await read('./sub.yaml', '-')).toEqual([
      { path: 'sub.yaml/c.json', text: 'x' },
      { path: '-', text: 'input' },
    ]);
  });

  it('may be a pipe where the caller names it: that is what a shell makes of <(command)', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const [files] = await Promise.all([
      read('pipe'),
      execFileSync('sh', ['-c', 'echo text > "$0" &', at('pipe')], { stdio: 'ignore' }),
    ]);
    expect(files).toEqual([{ path: 'pipe', text: 'text\n' }]);
  });

  it('that cannot be read are named with the reason', async () => {
    symlinkSync('loop.yaml', at('loop.yaml'));
    mkdirSync(at('sub'));
    symlinkSync('nothing', at('sub/gone.yaml'));
    const server = createServer();
    await new Promise<void>((done) => server.listen(at('socket'), done));
    const reasons = [
      ['none.yaml', 'none.yaml cannot be read: no such file or folder'],
      ['loop.yaml', 'loop.yaml cannot be read: its links lead in a circle'],
      ['socket', 'socket cannot be read: it is a socket'],
      ['sub', 'sub/gone.yaml cannot be read: no such file or folder'],
    ] as const;
    for (const [path, message] of reasons)
      await expect(read(path)).rejects.toMatchObject({ exitCode: 65, message });
    await new Promise((done) => server.close(done));
  });

  it('of a folder are not waited for where they are no files', async () => {
    execFileSync('mkfifo', [at('pipe.yaml')]);
    await expect(read('.')).rejects.toMatchObject({ message: 'pipe.yaml cannot be read: it is no file' });
  });
});
