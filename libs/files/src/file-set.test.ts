import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileSet, readNamedFile } from './file-set.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quintet-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

/** What is read of the folder, by name; a reason instead of a text stands in parentheses. */
async function read(paths: readonly string[] = [folder]): Promise<Record<string, string>> {
  const { files } = await readFileSet({ paths, ignore: new Set(['mesh.yaml']), maxFileBytes: 10 });
  return Object.fromEntries(
    [...files].map(([path, content]) => [
      path.slice(folder.length + 1),
      content.kind === 'text' ? content.text : `(${content.reason})`,
    ]),
  );
}

/** Listens on a socket of the file system while `work` runs. */
async function whileListening(path: string, work: () => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(path, done));
  await work();
  await new Promise((done) => server.close(done));
}

describe('the files of a configuration', () => {
  it('are those with the extensions, in a fixed order, through links, without hidden ones', async () => {
    mkdirSync(at('..data'));
    writeFileSync(at('..data/b.yaml'), 'b');
    symlinkSync('..data/b.yaml', at('b.yaml'));
    mkdirSync(at('sub.yaml'));
    writeFileSync(at('sub.yaml/c.json'), 'c');
    for (const name of ['a.yml', 'notes.txt', '.d.yaml', 'mesh.yaml']) writeFileSync(at(name), 'a');
    expect(await read()).toEqual({ 'a.yml': 'a', 'b.yaml': 'b', 'sub.yaml/c.json': 'c' });
    expect(Object.keys(await read())).toEqual(['a.yml', 'b.yaml', 'sub.yaml/c.json']);
  });

  it('that are too big, or links in a circle, are unreadable, and a link to nothing is not there', async () => {
    writeFileSync(at('big.yaml'), '0123456789a');
    symlinkSync('loop.yaml', at('loop.yaml'));
    symlinkSync('nothing', at('gone.yaml'));
    symlinkSync('.', at('up'));
    const { 'big.yaml': big, 'loop.yaml': loop, ...rest } = await read([at('big.yaml'), at('loop.yaml')]);
    expect(big).toBe('(11 bytes, at most 10 are read)');
    expect(loop).toMatch(/^\(ELOOP: /);
    expect(rest).toEqual({});
    expect(Object.values(await read())).toContain('(more than 16 levels deep)');
    expect(await read()).not.toHaveProperty(['gone.yaml']);
    expect(await read([at('gone.yaml')])).toEqual({ 'gone.yaml': '(no such file or directory)' });
  });

  it('are not waited for where they are no files', async () => {
    execFileSync('mkfifo', [at('pipe.yaml')]);
    symlinkSync('/dev/zero', at('zero.yaml'));
    await whileListening(at('socket.yaml'), async () => {
      expect(await read()).toEqual({
        'pipe.yaml': '(a pipe, expected a file)',
        'socket.yaml': '(a socket, expected a file)',
        'zero.yaml': '(a device, expected a file)',
      });
    });
  });
});

describe('a file that must be there', () => {
  it('is read, or it is said why not', async () => {
    writeFileSync(at('mesh.yaml'), 'a file of any size');
    execFileSync('mkfifo', [at('pipe')]);
    expect(await readNamedFile(at('mesh.yaml'))).toEqual({ kind: 'text', text: 'a file of any size' });
    const reasons = { nothing: 'no such file or directory', pipe: 'a pipe, expected a file' };
    for (const [name, reason] of Object.entries(reasons))
      expect(await readNamedFile(at(name))).toEqual({ kind: 'unreadable', reason });
    expect(await readNamedFile(folder)).toEqual({
      kind: 'unreadable',
      reason: 'a directory, expected a file',
    });
    await whileListening(at('socket'), async () => {
      expect(await readNamedFile(at('socket'))).toMatchObject({ reason: 'a socket, expected a file' });
    });
  });
});
