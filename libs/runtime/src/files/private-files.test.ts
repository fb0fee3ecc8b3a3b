import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ensurePrivateDirectory,
  fileExists,
  readPrivateFile,
  readTextFile,
  writeFileAtomically,
} from './private-files.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quintet-files-'));
});
afterEach(async () => await rm(dir, { recursive: true, force: true }));

const path = (name: string) => join(dir, name);
const mode = async (name: string) => (await stat(path(name))).mode & 0o777;

describe('writing a file as a whole', () => {
  it('replaces it, with the mode given, and leaves nothing else', async () => {
    expect(await writeFileAtomically(path('deep/file'), { text: 'one', mode: 0o600 })).toBe(true);
    expect(await writeFileAtomically(path('deep/file'), { text: 'two', mode: 0o644 })).toBe(true);
    expect([await readFile(path('deep/file'), 'utf8'), await mode('deep/file')]).toEqual(['two', 0o644]);
    expect(await readdir(path('deep'))).toEqual(['file']);
  });

  it('leaves what is there, when asked for a new file', async () => {
    const write = (text: string) => writeFileAtomically(path('key'), { text, mode: 0o600, onlyNew: true });
    const answers = await Promise.all([write('a'), write('b'), write('c')]);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path('key'), 'utf8')).toBe(['a', 'b', 'c'][answers.indexOf(true)]);
    expect(await readdir(dir)).toEqual(['key']);
  });

  it('says which file cannot be written', async () => {
    await writeFile(path('file'), '');
    const write = writeFileAtomically(path('file/below'), { text: '', mode: 0o600 });
    await expect(write).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('file/below'),
    });
  });
});

describe('private files', () => {
  it.each([
    [0o600, false, true],
    [0o400, false, true],
    [0o640, false, false],
    [0o604, false, false],
    [0o640, true, true],
    [0o660, true, false],
    [0o644, true, false],
  ])('of mode %o, group allowed: %s, are read: %s', async (bits, groupMayRead, readable) => {
    await writeFile(path('key'), 'secret');
    await chmod(path('key'), bits);
    const text = await readPrivateFile(path('key'), { groupMayRead }).catch(() => undefined);
    expect(text).toBe(readable ? 'secret' : undefined);
  });

  it('live in a directory that only their owner enters', async () => {
    await ensurePrivateDirectory(path('a/b'));
    expect(await mode('a/b')).toBe(0o700);
    await chmod(path('a/b'), 0o750);
    await expect(ensurePrivateDirectory(path('a/b'))).rejects.toThrow('has mode 0750, expected 0700');
    await writeFile(path('file'), '');
    await expect(ensurePrivateDirectory(path('file'))).rejects.toMatchObject({ code: 'failed_precondition' });
  });

  it('that are missing are told apart from those that cannot be read', async () => {
    expect(await fileExists(path('none'))).toBe(false);
    await writeFile(path('file'), '');
    expect(await fileExists(path('file'))).toBe(true);
    await expect(fileExists(path('file/below'))).rejects.toThrow('ENOTDIR');
    await expect(readTextFile(path('none'))).rejects.toThrow('cannot read');
  });
});
