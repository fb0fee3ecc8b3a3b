import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type AllowList,
  type Clock,
  type Component,
  createAllowList,
  errorText,
  type Log,
  MeshError,
  watchDirectory,
} from '@quintet/runtime';
import { parseDocument } from 'yaml';

/** Who may read, as a list that follows its file. */
export type AccessList = Component & AllowList;

export type AccessListOptions = { readonly path: string; readonly clock: Clock; readonly log: Log };

/**
 * The identities of a classic access list file: `allowed: [SPIFFE id…]`, with `isBlackList: true` all but these. The
 * file is followed, also where Kubernetes swaps the directory it is in; what is wrong in it is logged once and changes
 * nothing. Its start fails when the file is wrong.
 */
export function createAccessListFile({ path, clock, log }: AccessListOptions): AccessList {
  let current = createAllowList([]);
  let seen: string | undefined;
  let unwatch = (): void => {};
  const load = async (): Promise<void> => {
    const text = await readFile(path, 'utf8');
    if (text === seen) return;
    seen = text;
    current = parseAccessList(text, path);
    log.info({ path, identities: current.patterns.length }, 'access list read');
  };
  let problem = '';
  const follow = async (): Promise<void> => {
    try {
      await load();
      problem = '';
    } catch (error) {
      const text = errorText(error);
      // The same text is told once: the file is looked at again and again.
      if (text !== problem) log.warn({ err: error, path }, 'the access list is not taken over');
      problem = text;
    }
  };
  return {
    name: 'access-list',
    get patterns() {
      return current.patterns;
    },
    allows: (spiffeId) => current.allows(spiffeId),
    async start() {
      unwatch = watchDirectory({ directory: dirname(path), clock, onChange: () => void follow() });
      try {
        await load();
      } catch (cause) {
        unwatch();
        throw new MeshError('failed_precondition', `cannot use ${path}: ${errorText(cause)}`, { cause });
      }
    },
    stop: () => unwatch(),
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
