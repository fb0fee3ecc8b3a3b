// Puts the third-party proto files that we use, and no others, into one folder that buf can read without a network.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { importsOf, mergeProto } from './merge-proto.mjs';

/**
 * Writes every file that `wanted` reaches by imports to `target`. A file comes from the first of `roots` that has it;
 * one in `overlay` is merged into it, or stands alone where no root has it. Files that are no longer reached are removed.
 * Throws when a file is nowhere to be found.
 *
 * @param {{ wanted: string[], roots: string[], overlay: string, provided: string, target: string }} options `provided`
 *   is the folder of our own files, which are not staged
 * @returns {string[]} the staged paths, sorted
 */
export function stageThirdParty({ wanted, roots, overlay, provided, target }) {
  const staged = new Map();
  const queue = wanted.map((path) => ({ path, importer: 'the list of wanted files' }));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { path, importer } = next;
    if (staged.has(path) || path.startsWith('google/protobuf/') || existsSync(join(provided, path))) continue;
    const text = readMerged(path, roots, overlay);
    if (text === undefined)
      throw new Error(`${path}, wanted by ${importer}, is in none of ${roots.join(', ')}`);
    staged.set(path, text);
    for (const imported of importsOf(text)) queue.push({ path: imported, importer: path });
  }
  writeTree(target, staged);
  return [...staged.keys()].sort();
}

/**
 * Paths of all proto files below `folder`, relative to it, sorted.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function listProtos(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.proto'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/**
 * @param {string} path
 * @param {string[]} roots
 * @param {string} overlay
 */
function readMerged(path, roots, overlay) {
  const base = roots.map((root) => join(root, path)).find((file) => existsSync(file));
  const addition = join(overlay, path);
  const baseText = base === undefined ? undefined : readFileSync(base, 'utf8');
  if (!existsSync(addition)) return baseText;
  const additionText = readFileSync(addition, 'utf8');
  if (baseText === undefined) return additionText;
  try {
    return mergeProto(baseText, additionText);
  } catch (error) {
    throw new Error(`overlay/${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/**
 * @param {string} target
 * @param {Map<string, string>} files
 */
function writeTree(target, files) {
  for (const path of listProtos(target)) {
    if (!files.has(path)) rmSync(join(target, path));
  }
  for (const [path, text] of files) {
    const file = join(target, path);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
