import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Program } from '@quintet/runtime/command';
import { CommandFailure, EXIT } from './exit.ts';

/** A file of the caller: `path` as the caller would write it. */
export type InputFile = { readonly path: string; readonly text: string };

type Caller = Pick<Program, 'cwd' | 'readInput'>;

const CONFIGURATION = /\.(ya?ml|json)$/;

/**
 * Reads files, and all .yaml, .yml and .json files below folders, sorted, without hidden ones: a mounted ConfigMap keeps
 * its versions in hidden folders. `-` is standard input. Paths are relative to the caller's folder. Throws CommandFailure
 * with exit code 65 for the first that cannot be read.
 */
export async function readInputFiles(program: Caller, paths: readonly string[]): Promise<InputFile[]> {
  const lists = await Promise.all(paths.map((path) => expand(program.cwd, path)));
  const files = [...new Set(lists.flat())];
  return Promise.all(files.map(async (path) => ({ path, text: await readInputFile(program, path) })));
}

/** Reads one file; throws CommandFailure with exit code 65 when it cannot be opened. */
export async function readInputFile(program: Caller, path: string): Promise<string> {
  const text = path === '-' ? program.readInput() : readFile(resolve(program.cwd, path), 'utf8');
  return orUnreadable(path, text);
}

async function expand(cwd: string, path: string): Promise<string[]> {
  if (path === '-') return [path];
  const found = await orUnreadable(path, stat(resolve(cwd, path)));
  if (!found.isDirectory()) return [path];
  return (await filesBelow({ cwd, path, seen: new Set() })).sort();
}

type Folder = {
  readonly cwd: string;
  readonly path: string;
  /** Real paths of the folders that were read: links may lead back to one. */
  readonly seen: Set<string>;
};

async function filesBelow({ cwd, path, seen }: Folder): Promise<string[]> {
  const real = await orUnreadable(path, realpath(resolve(cwd, path)));
  if (seen.has(real)) return [];
  seen.add(real);
  const files: string[] = [];
  for (const name of await orUnreadable(path, readdir(real))) {
    if (!name.startsWith('.')) files.push(...(await entry({ cwd, path: join(path, name), seen })));
  }
  return files;
}

async function entry(place: Folder): Promise<string[]> {
  const { cwd, path } = place;
  const isWanted = CONFIGURATION.test(path);
  const looked = stat(resolve(cwd, path));
  const found = await (isWanted ? orUnreadable(path, looked) : looked.catch(() => undefined));
  if (found?.isDirectory()) return filesBelow(place);
  if (found === undefined || !isWanted) return [];
  if (found.isFile()) return [path];
  // Nobody writes into a pipe that happens to lie around.
  throw new CommandFailure(EXIT.unreadable, `${path} cannot be read: it is no file`);
}

async function orUnreadable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(EXIT.unreadable, `${path} cannot be read: ${REASONS[reason] ?? reason}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ENXIO: 'it is a socket',
};
