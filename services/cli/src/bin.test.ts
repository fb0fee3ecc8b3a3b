import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SERVICES_FOLDER } from './checkout.ts';

const COMMAND = join(SERVICES_FOLDER, 'cli/bin/quintet.mjs');
const folderWith = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quintet-bin-'));
  writeFileSync(join(folder, 'a.yaml'), text);
  return folder;
};

describe('the command', () => {
  it('runs from any folder, whatever Node starts it', async () => {
    const cwd = folderWith('apiVersion: v1\nkind: Service\nmetadata: {name: a}\n');
    const { stdout } = await promisify(execFile)(COMMAND, ['validate', '-f', 'a.yaml', '-o', 'json'], {
      cwd,
    });
    expect(stdout).toBe('[]\n');
  });

  it('writes all of its output before it ends, also more than a pipe holds', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `service-${index}`);
    const cwd = folderWith(
      names
        .map(
          (name) =>
            `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80}]}\n`,
        )
        .join(''),
    );
    // A reader that begins late leaves the writer with a full pipe.
    const late = `"$0" analyze a.yaml -o json 2>/dev/null | { sleep 0.3; cat; }`;
    const { stdout } = await promisify(execFile)('sh', ['-c', late, COMMAND], { cwd, maxBuffer: 1 << 24 });
    expect(JSON.parse(stdout)).toHaveLength(names.length);
  });
});
