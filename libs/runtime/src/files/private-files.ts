import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MeshError } from '../errors/mesh-error.ts';

/** Makes a directory that only its owner can enter; refuses one that others can write to or look into. */
export async function ensurePrivateDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannot('write', directory, error);
  }
  const found = await statOf(directory);
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
  const { mode } = await statOf(path);
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
    throw cannot('read', path, cause);
  }
}

/** Whether there is something at a path. */
export async function fileExists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw cannot('read', path, error);
  }
}

/** What to write. `mode` is the file's; with `onlyNew` a file that is there stays as it is. */
export type AtomicWrite = { readonly text: string; readonly mode: number; readonly onlyNew?: boolean };

/**
 * Replaces a file as a whole: readers see the old content or the new, and a power failure leaves one of both. The directory
 * is made if need be. Answers whether the file is now what was given: false only with `onlyNew`, when somebody was first.
 */
export async function writeFileAtomically(path: string, options: AtomicWrite): Promise<boolean> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeAndSync(temporary, options);
    const written =
      options.onlyNew === true ? await linkIfNew(temporary, path) : await renamed(temporary, path);
    await syncDirectory(directory);
    return written;
  } catch (error) {
    throw cannot('write', path, error);
  } finally {
    // What could not be made need not be removed.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function writeAndSync(path: string, { text, mode }: AtomicWrite): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function renamed(from: string, to: string): Promise<true> {
  await rename(from, to);
  return true;
}

async function linkIfNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw cannot('read', path, error);
  }
}

function cannot(what: 'read' | 'write', path: string, cause: unknown): MeshError {
  const code = codeOf(cause);
  return new MeshError('failed_precondition', `cannot ${what} ${path}${code === '' ? '' : ` (${code})`}`, {
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8)}`;
}
