import { constants } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MeshError } from '../errors/mesh-error.ts';

/** Makes a directory that only its owner can enter; refuses one that others can write to or look into. */
export async function ensurePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await stat(directory);
  if (!found.isDirectory()) throw new MeshError('failed_precondition', `${directory} is not a directory`);
  if ((found.mode & 0o077) !== 0) {
    throw new MeshError(
      'failed_precondition',
      `directory ${directory} has mode ${octal(found.mode)}, expected 0700`,
      {
        hint: `chmod 700 ${directory}`,
      },
    );
  }
}

/** Reads a private key file; refuses one that others than its owner (and, for mounted secrets, its group) can read. */
export async function readPrivateFile(
  path: string,
  options: { readonly groupMayRead: boolean },
): Promise<string> {
  const forbidden = options.groupMayRead ? 0o037 : 0o077;
  const { mode } = await statOrExplain(path);
  if ((mode & forbidden) !== 0) {
    const expected = options.groupMayRead ? '0640 or less' : '0600';
    throw new MeshError(
      'failed_precondition',
      `private key ${path} has mode ${octal(mode)}, expected ${expected}`,
      {
        hint: `chmod 600 ${path}`,
      },
    );
  }
  return await readTextFile(path);
}

/** Reads a file that must be there. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new MeshError('failed_precondition', `cannot read ${path}`, { cause });
  }
}

/** Whether there is something at a path. */
export async function fileExists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Replaces a file as a whole: readers see the old content or the new, and a power failure leaves one of both. The directory
 * is made if need be.
 */
export async function writeFileAtomically(
  path: string,
  options: { readonly text: string; readonly mode: number },
): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${path.slice(directory.length + 1)}.tmp`);
  await rm(temporary, { force: true });
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, options.mode);
  try {
    await file.writeFile(options.text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(temporary, options.mode);
  await rename(temporary, path);
  await syncDirectory(directory);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function statOrExplain(path: string): Promise<{ mode: number }> {
  try {
    return await stat(path);
  } catch (cause) {
    throw new MeshError('failed_precondition', `cannot read ${path}`, { cause });
  }
}

function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8)}`;
}
