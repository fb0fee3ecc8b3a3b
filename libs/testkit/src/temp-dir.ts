import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TempDir = { readonly path: string; remove(): Promise<void> };

/** An empty directory of one's own; the caller removes it. */
export async function makeTempDir(purpose = 'test'): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `quintet-${purpose}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
