import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * Writes a file of the owner alone (mode 0600) so that a reader sees the old content or the new one, and a watcher of
 * the folder sees one rename.
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const scratch = `${path}.new`;
  await writeFile(scratch, content, { mode: 0o600 });
  await rename(scratch, path);
}

/** The content of a text file; undefined when there is none. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
