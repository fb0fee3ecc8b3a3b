import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageVersion } from './package-version.ts';

it('the version of a program is that of the nearest package above it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'quintet-version-'));
  await mkdir(join(dir, 'services/galley/src'), { recursive: true });
  await writeFile(join(dir, 'package.json'), '{"version": "9.9.9"}');
  await writeFile(join(dir, 'services/galley/package.json'), '{"version": "1.2.3"}');
  expect(packageVersion(join(dir, 'services/galley/src/main.ts'))).toBe('1.2.3');
  await writeFile(join(dir, 'services/galley/package.json'), '{broken');
  expect(packageVersion(join(dir, 'services/galley/src/main.ts'))).toBe('9.9.9');
  expect(packageVersion('/')).toBe('unknown');
  await rm(dir, { recursive: true });
});
