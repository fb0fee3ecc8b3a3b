import { hash } from 'node:crypto';
import {
  type CheckOptions,
  checkDocuments,
  cutDocuments,
  DEFAULT_READ_LIMITS,
  type DocumentText,
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

type ReadDocument = { readonly firstLine: number; readonly standings: readonly Standing[] };

/**
 * What a file says, by document: what is needed to read the next version of the file quickly. The document of a file
 * with only one is not kept: a file that is read again has changed.
 */
export type ReadFile = {
  readonly documents: ReadonlyMap<string, ReadDocument>;
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
  const documents = new Map<string, ReadDocument>();
  const all: Standing[] = [];
  for (const part of parts) {
    const key = hash('sha256', part.text, 'base64url');
    const document = documentAt(part, before?.documents.get(key), { path, options });
    documents.set(key, document);
    for (const standing of document.standings) all.push(standing);
  }
  return { documents, standings: all };
}

/** What a document says that stood in the file before, as `known`, or did not. */
function documentAt(
  part: DocumentText,
  known: ReadDocument | undefined,
  { path, options }: { readonly path: string; readonly options: ReadOptions },
): ReadDocument {
  const { firstLine } = part;
  if (known === undefined) return { firstLine, standings: readDocument(part, path, options) };
  if (known.firstLine === firstLine) return known;
  return { firstLine, standings: known.standings.map((each) => moved(each, firstLine - known.firstLine)) };
}

function readDocument(
  { text, firstLine }: DocumentText,
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
