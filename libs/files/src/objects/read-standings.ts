import { hash } from 'node:crypto';
import {
  type CheckOptions,
  checkDocuments,
  cutDocuments,
  DEFAULT_READ_LIMITS,
  NATIVE_KINDS,
  type ParsedObject,
  resourceKey,
} from '@quintet/model';
import { moved, type Standing } from './standing.ts';

/** How files are read. */
export type ReadOptions = {
  readonly defaultNamespace: string;
  /** Checks of single objects besides those of their kind, such as those of expressions. */
  readonly alsoCheck?: CheckOptions['alsoCheck'];
  /** Whether objects of Kubernetes are read too. */
  readonly native?: 'skip' | 'decode';
};

/**
 * What a file says, by document: what is needed to read the next version of the file quickly. The document of a file
 * with only one is not kept: a file that is read again has changed.
 */
export type ReadFile = {
  readonly documents: ReadonlyMap<
    string,
    { readonly firstLine: number; readonly standings: readonly Standing[] }
  >;
  readonly standings: readonly Standing[];
};

const NONE: ReadFile['documents'] = new Map();

const NATIVE: ReadonlySet<string> = new Set(NATIVE_KINDS.map(({ kind }) => kind));

/**
 * Reads and checks a file. Documents that stood in it `before`, in any place, are not read again: reading a text with
 * one changed document costs little more than reading that document.
 */
export function readStandings(
  { path, text }: { readonly path: string; readonly text: string },
  before: ReadFile | undefined,
  options: ReadOptions,
): ReadFile {
  const tooLong = text.length > DEFAULT_READ_LIMITS.maxTextLength;
  const parts = tooLong ? [{ text, firstLine: 1 }] : cutDocuments(text);
  const [first] = parts;
  if (first !== undefined && parts.length === 1 && (before?.documents.size ?? 0) === 0)
    return { documents: NONE, standings: readDocument(first, path, options) };
  const documents = new Map<string, { firstLine: number; standings: readonly Standing[] }>();
  const all: Standing[] = [];
  for (const part of parts) {
    const { firstLine } = part;
    const key = hash('sha256', part.text, 'base64url');
    const known = before?.documents.get(key);
    const standings =
      known === undefined
        ? readDocument(part, path, options)
        : known.firstLine === firstLine
          ? known.standings
          : known.standings.map((standing) => moved(standing, firstLine - known.firstLine));
    documents.set(key, { firstLine, standings });
    all.push(...standings);
  }
  return { documents, standings: all };
}

function readDocument(
  { text, firstLine }: { readonly text: string; readonly firstLine: number },
  file: string,
  { defaultNamespace, alsoCheck, native }: ReadOptions,
): readonly Standing[] {
  // What is read refers to the text: without a copy it would keep the whole file in memory.
  const copy = Buffer.from(text).toString();
  const checked = checkDocuments(copy, {
    file,
    firstLine,
    defaultNamespace,
    ...(alsoCheck && { alsoCheck }),
    ...(native && { native }),
  });
  return checked.parsed.map(standingOf);
}

function standingOf({ resource, origin, object, native, issues }: ParsedObject): Standing {
  if (resource === undefined) return { kind: 'unnamed', origin, issues };
  const key = resourceKey(resource);
  if (native !== undefined)
    return { kind: 'item', key, origin, item: { kind: 'native', key, object: native } };
  if (NATIVE.has(resource.kind)) return { kind: 'wrong-native', key, resource, origin, issues };
  const item = { kind: 'config', key, resource, origin, issues, ...(object && { object }) } as const;
  return { kind: 'item', key, origin, item };
}
