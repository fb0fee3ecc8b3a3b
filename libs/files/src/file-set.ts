import { constants, type Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { errorText } from '@quintet/runtime';

/** What a file held when it was read, or why it could not be read. */
export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The files of a configuration by their path, in a fixed order, and the directories to watch. */
export type FileSet = {
  readonly files: ReadonlyMap<string, FileContent>;
  readonly directories: ReadonlySet<string>;
};

export type FileSetOptions = {
  /** Directories (read with everything below them) and files. */
  readonly paths: readonly string[];
  /** File names that are no configuration. */
  readonly ignore: ReadonlySet<string>;
  /** Files beyond this size are not read, bytes. */
  readonly maxFileBytes: number;
};

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
/** Levels of directories; a link that leads back up would go on for ever. */
const MAX_DEPTH = 16;

/**
 * Reads all files of a configuration. Links are followed and hidden names left out, so a mounted ConfigMap, which
 * keeps its versions in hidden directories, is read as it looks. What is not there any more when its turn comes is
 * left out; a path that was asked for and is not there is unreadable: that is a mistake and not a deletion. So is
 * what has the name of a file and is a pipe, a socket or a device: it might never end.
 */
export async function readFileSet(options: FileSetOptions): Promise<FileSet> {
  const files = new Map<string, FileContent>();
  const directories = new Set<string>();
  const visit = async (path: string, depth: number): Promise<void> => {
    const found = await statOrReason(path);
    if (found === 'gone' && depth > 0) return;
    if (found === 'gone') files.set(path, { kind: 'unreadable', reason: 'no such file or directory' });
    else if (typeof found === 'string') files.set(path, { kind: 'unreadable', reason: found });
    else if (!found.isDirectory()) await readOne(path);
    else if (depth > MAX_DEPTH)
      files.set(path, { kind: 'unreadable', reason: `more than ${MAX_DEPTH} levels deep` });
    else await visitDirectory(path, depth);
  };
  const visitDirectory = async (path: string, depth: number): Promise<void> => {
    directories.add(path);
    for (const name of await namesIn(path, files)) {
      if (!name.startsWith('.')) await visit(join(path, name), depth + 1);
    }
  };
  const readOne = async (path: string): Promise<void> => {
    if (files.has(path) || options.ignore.has(basename(path)) || !EXTENSIONS.has(extname(path))) return;
    const content = await readText(path, options.maxFileBytes);
    if (content !== 'gone') files.set(path, content);
  };
  for (const path of options.paths) await visit(path, 0);
  return { files, directories };
}

/** Reads one file that must be there. */
export async function readNamedFile(path: string): Promise<FileContent> {
  const content = await readText(path);
  return content === 'gone' ? { kind: 'unreadable', reason: 'no such file or directory' } : content;
}

async function readText(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<FileContent | 'gone'> {
  try {
    // Opening a pipe waits for somebody who writes, unless asked not to wait; a file is not waited for in any case.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return { kind: 'unreadable', reason: `${kindOf(found)}, expected a file` };
    if (found.size > maxBytes)
      return { kind: 'unreadable', reason: `${found.size} bytes, at most ${maxBytes} are read` };
    return { kind: 'text', text: await file.readFile('utf8') };
  } catch (error) {
    if (isGone(error)) return 'gone';
    return {
      kind: 'unreadable',
      reason: codeOf(error) === 'ENXIO' ? 'a socket, expected a file' : errorText(error),
    };
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory';
  return found.isFIFO() ? 'a pipe' : 'a device';
}

async function statOrReason(path: string): Promise<Stats | string> {
  try {
    return await stat(path);
  } catch (error) {
    return isGone(error) ? 'gone' : errorText(error);
  }
}

async function namesIn(path: string, files: Map<string, FileContent>): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (!isGone(error)) files.set(path, { kind: 'unreadable', reason: errorText(error) });
    return [];
  }
}

function isGone(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
