import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type StatsBase } from 'node:fs';
import { errorText } from '@quintet/runtime';

/** What a file held when it was read, or why it could not be read. */
export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export const NOT_THERE: FileContent = { kind: 'unreadable', reason: 'no such file or directory' };

/**
 * Reads a file of at most `maxBytes`. What has the name of a file and is a pipe, a socket or a device is unreadable: it
 * might never end. Reads at once: files of a configuration are many and small, and asking the thread pool for each costs
 * ten times as much processor time as the reading.
 */
export function readText(path: string, maxBytes: number): FileContent | 'gone' {
  let file: number | undefined;
  try {
    // Opening a pipe waits for somebody who writes, unless asked not to wait; a file is not waited for in any case.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (!found.isFile()) return { kind: 'unreadable', reason: `${kindOf(found)}, expected a file` };
    if (found.size > maxBytes)
      return { kind: 'unreadable', reason: `${found.size} bytes, at most ${maxBytes} are read` };
    return { kind: 'text', text: readFileSync(file, 'utf8') };
  } catch (error) {
    if (isGone(error)) return 'gone';
    const reason = codeOf(error) === 'ENXIO' ? 'a socket, expected a file' : errorText(error);
    return { kind: 'unreadable', reason };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Whether a path is a symbolic link; false for one that is not there or cannot be asked about. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Whether an error of the file system says that there is nothing of that name. */
export function isGone(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The code of an error of the file system, such as `EACCES`. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What something is that is no file, in words. */
export function kindOf(found: Pick<StatsBase<unknown>, 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (found.isDirectory()) return 'a directory';
  if (found.isSocket()) return 'a socket';
  return found.isFIFO() ? 'a pipe' : 'a device';
}
