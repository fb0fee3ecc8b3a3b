import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { SERVICES_FOLDER } from './checkout.ts';

it('the command runs from any folder, whatever Node starts it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quintet-bin-'));
  writeFileSync(join(folder, 'a.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n');
  const command = resolve(SERVICES_FOLDER, 'cli/bin/quintet.mjs');
  const run = promisify(execFile)(command, ['validate', '-f', 'a.yaml'], { cwd: folder });
  expect(await run).toEqual({ stdout: '', stderr: 'configuration is valid\n' });
});
