import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from './eventually.ts';
import { golden, goldenCases } from './golden.ts';
import { makeTempDir, type TempDir } from './temp-dir.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
  vi.stubEnv('UPDATE_GOLDEN', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await dir.remove();
});

async function makeCase(name: string, files: Record<string, string>): Promise<string> {
  const path = join(dir.path, name);
  await mkdir(path);
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

describe('golden files', () => {
  it('are the directories with an input, by name; one without is an orphan', async () => {
    await makeCase('b-second', { 'in.yaml': 'b' });
    await makeCase('a-first', { 'in.yaml': 'a', 'out.yaml': 'x' });
    const cases = await goldenCases({ testdata: dir.path });
    expect(cases.map((one) => one.name)).toEqual(['a-first', 'b-second']);
    expect(await cases[0]?.read('in.yaml')).toBe('a');
    await makeCase('c-orphan', { 'out.yaml': 'x' });
    await expect(goldenCases({ testdata: dir.path })).rejects.toThrow(
      /c-orphan is an orphan: it has no in.yaml/,
    );
  });

  it('differ when something is missing, changed or left over', async () => {
    const directory = await makeCase('a', { 'in.yaml': 'in', 'same.txt': '1', 'left-over.txt': '2' });
    const { made, stored } = await golden({
      directory,
      files: { 'same.txt': '1', 'new.txt': '3', 'none.txt': '' },
    });
    expect(made).toEqual({ 'same.txt': '1', 'new.txt': '3' });
    expect(stored).toEqual({ 'same.txt': '1', 'left-over.txt': '2' });
  });

  it('are written anew when asked, without what nobody makes any more', async () => {
    vi.stubEnv('UPDATE_GOLDEN', '1');
    const directory = await makeCase('a', { 'in.yaml': 'in', 'left-over.txt': '2' });
    const { made, stored } = await golden({ directory, files: { 'sub/new.txt': '3' } });
    expect(stored).toEqual(made);
    expect(await readFile(join(directory, 'sub/new.txt'), 'utf8')).toBe('3');
    expect(await readFile(join(directory, 'in.yaml'), 'utf8')).toBe('in');
  });
});

describe('eventually', () => {
  it('gives the first answer that is not false, over errors', async () => {
    let calls = 0;
    const answer = await eventually(
      () => {
        if (++calls === 1) throw new Error('not yet');
        return calls === 3 && `call ${calls}`;
      },
      { everyMs: 1 },
    );
    expect(answer).toBe('call 3');
  });

  it('fails at its deadline with the last error', async () => {
    const never = eventually(() => Promise.reject(new Error('still broken')), { timeoutMs: 5, everyMs: 1 });
    await expect(never).rejects.toThrow('not within 5 ms: still broken');
  });
});
