import type { ConfigObject, Issue, Origin, ParsedFile, ResourceRef } from '@quintet/model';

/** One object that galley knows of. */
export type Entry = {
  readonly resource: ResourceRef;
  /**
   * `applied`: the object in the files is handed out. `held`: it has errors, its last good version is handed out.
   * `rejected`: it has errors and there was never a good version.
   */
  readonly state: 'applied' | 'held' | 'rejected';
  /** What is handed out. */
  readonly object?: ConfigObject;
  /** Where the present text stands; for a held object in an unreadable file, where the good one stood. */
  readonly origin: Origin;
  /** What is wrong with the present text, and warnings about it. */
  readonly issues: readonly Issue[];
};

/** Everything galley knows, by kind, namespace and name. */
export type ConfigState = {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Issues about no object: unreadable files and documents, objects that are defined twice. */
  readonly issues: readonly Issue[];
};

export const EMPTY_STATE: ConfigState = { entries: new Map(), issues: [] };

/** A file checked, or the reason why it could not be read. */
export type CheckedFile =
  | { readonly kind: 'checked'; readonly path: string; readonly content: ParsedFile }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

/** The objects that are handed out. */
export function handedOut(state: ConfigState): ConfigObject[] {
  return [...state.entries.values()].flatMap((entry) => (entry.object === undefined ? [] : [entry.object]));
}

/** All issues: those of objects first. */
export function allIssues(state: ConfigState): Issue[] {
  return [...[...state.entries.values()].flatMap((entry) => entry.issues), ...state.issues];
}
