import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { watchDirectories } from '@quintet/files';
import {
  type AllowList,
  type Component,
  createAllowList,
  errorText,
  type Log,
  MeshError,
} from '@quintet/runtime';
import { parseDocument } from 'yaml';

/** Who may read, as a list that follows its file. */
export type AccessList = Component & AllowList;

/**
 * The identities of a classic access list file: `allowed: [SPIFFE id…]`, with `isBlackList: true` all but these. The
 * file is watched; what is wrong in it is logged and changes nothing. Its start fails when the file is wrong.
 */
export function createAccessListFile(options: { readonly path: string; readonly log: Log }): AccessList {
  const { path, log } = options;
  let current = createAllowList([]);
  const load = async (): Promise<void> => {
    current = parseAccessList(await readFile(path, 'utf8'), path);
  };
  const watch = watchDirectories(() => {
    load().catch((error: unknown) => log.warn({ err: error, path }, 'the access list is not taken over'));
  });
  return {
    name: 'access-list',
    get patterns() {
      return current.patterns;
    },
    allows: (spiffeId) => current.allows(spiffeId),
    async start() {
      watch.follow(new Map([[dirname(path), 'all']]));
      try {
        await load();
      } catch (cause) {
        throw new MeshError('failed_precondition', `cannot use ${path}: ${errorText(cause)}`, { cause });
      }
    },
    stop: () => watch.close(),
  };
}

/** Reads the text of an access list; throws `invalid_argument` naming what is wrong. */
export function parseAccessList(text: string, path: string): AllowList {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new MeshError('invalid_argument', `${path}: ${error.message}`);
  const json: unknown = document.toJS({ maxAliasCount: 10 });
  const fields =
    typeof json === 'object' && json !== null ? new Map<string, unknown>(Object.entries(json)) : undefined;
  const allowed = fields?.get('allowed');
  const isBlackList = fields?.get('isBlackList') ?? false;
  for (const key of fields?.keys() ?? []) {
    if (key !== 'allowed' && key !== 'isBlackList')
      throw new MeshError('invalid_argument', `${path}: unknown field "${key}"`);
  }
  if (!Array.isArray(allowed) || !allowed.every((each): each is string => typeof each === 'string')) {
    throw new MeshError('invalid_argument', `${path}: expected "allowed" to be a list of SPIFFE ids`);
  }
  if (typeof isBlackList !== 'boolean') {
    throw new MeshError('invalid_argument', `${path}: expected "isBlackList" to be true or false`);
  }
  const list = createAllowList(allowed);
  return isBlackList ? { patterns: list.patterns, allows: (id) => !list.allows(id) } : list;
}
