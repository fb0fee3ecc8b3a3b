import {
  type CheckOptions,
  type ConfigObject,
  checkDocuments,
  type Issue,
  type ParsedFile,
  resourceKey,
} from '@quintet/model';
import type { HealthResult } from '@quintet/runtime';
import type { FileContent } from '../file-set.ts';
import type { FilesChange } from '../file-source.ts';
import { type StateChange, stateChanges } from './changes.ts';
import { type CheckedFile, type ConfigState, EMPTY_STATE, type Entry, handedOut } from './config-state.ts';
import { MESH_CONFIG_RESOURCE, meshConfigEntry } from './mesh-config-entry.ts';
import { nextState } from './next-state.ts';

/** What came of reading the files. */
export type Outcome = {
  readonly changes: readonly StateChange[];
  /** Issues without an object that were not there before. */
  readonly newIssues: readonly Issue[];
  /** Everything to hand out; undefined before the first complete set. */
  readonly objects: readonly ConfigObject[] | undefined;
};

export type ConfigurationOptions = {
  /** The paths that were asked for: before the first complete set all of them must have been read. */
  readonly paths: readonly string[];
  readonly meshConfigFile: string | undefined;
  readonly defaultNamespace: string;
  /** Checks of single objects besides those of their kind, such as those of expressions. */
  readonly alsoCheck?: CheckOptions['alsoCheck'];
  /** What was handed out before a restart. */
  readonly lastGood: readonly ConfigObject[];
};

/** The configuration as galley knows it: one owner, changed only by `take`. */
export type Configuration = {
  state(): ConfigState;
  /** The files as they were last taken over, that of the mesh configuration included. */
  files(): ReadonlyMap<string, FileContent>;
  /** Failed until there was a first complete set. */
  health(): HealthResult;
  /** Takes over what the files say now. */
  take(change: FilesChange): Outcome;
};

/** A configuration of which nothing is known but what was handed out before a restart. */
export function createConfiguration(options: ConfigurationOptions): Configuration {
  const check = createFileCheck(options);
  const meshConfigKey = resourceKey(MESH_CONFIG_RESOURCE);
  let state: ConfigState = { entries: new Map(options.lastGood.map(lastGoodEntry)), issues: [] };
  let missing: string | undefined = 'the files have not been read yet';
  let told = EMPTY_STATE;
  let read: ReadonlyMap<string, FileContent> = new Map();
  return {
    state: () => state,
    files: () => read,
    health: () => (missing === undefined ? { state: 'ok' } : { state: 'failed', detail: missing }),
    take({ files, meshConfig }) {
      const before = state;
      const next = nextState(before, check(files));
      const { meshConfigFile: path } = options;
      const meshFile =
        path === undefined || meshConfig === undefined ? undefined : { path, content: meshConfig };
      read = new Map([
        ...files,
        ...(meshFile === undefined ? [] : [[meshFile.path, meshFile.content] as const]),
      ]);
      const meshEntry = meshConfigEntry(meshFile, before.entries.get(meshConfigKey));
      state = { ...next, entries: new Map([...next.entries, [meshConfigKey, meshEntry]]) };
      if (missing !== undefined) missing = whatIsMissing(options.paths, files, meshEntry);
      const changes = stateChanges(told, state);
      const issues = newIssues(told.issues, state.issues);
      told = state;
      return {
        changes,
        newIssues: issues,
        objects: missing === undefined ? handedOut(state) : undefined,
      };
    },
  };
}

/** Checks files; those whose text did not change since the last time are not checked again. */
function createFileCheck({
  defaultNamespace,
  alsoCheck,
}: ConfigurationOptions): (files: FilesChange['files']) => CheckedFile[] {
  let cache: ReadonlyMap<string, { readonly text: string; readonly content: ParsedFile }> = new Map();
  return (files) => {
    const next = new Map<string, { readonly text: string; readonly content: ParsedFile }>();
    const checked = [...files].map(([path, file]): CheckedFile => {
      if (file.kind === 'unreadable') return { kind: 'unreadable', path, reason: file.reason };
      const { text } = file;
      const cached = cache.get(path);
      const content =
        cached?.text === text
          ? cached.content
          : checkDocuments(text, { file: path, defaultNamespace, ...(alsoCheck && { alsoCheck }) });
      next.set(path, { text, content });
      return { kind: 'checked', path, content };
    });
    cache = next;
    return checked;
  };
}

function lastGoodEntry(object: ConfigObject): [string, Entry] {
  const { kind, namespace, name, origin = { file: '', line: 1 } } = object;
  const resource = { kind, namespace, name };
  return [resourceKey(resource), { resource, state: 'applied', object, origin, issues: [] }];
}

/** A set is complete when every path that was asked for could be read and there is a mesh configuration. */
function whatIsMissing(
  paths: readonly string[],
  files: ReadonlyMap<string, FileContent>,
  meshConfig: Entry,
): string | undefined {
  for (const path of paths) {
    const content = files.get(path);
    if (content?.kind === 'unreadable') return `${path}: ${content.reason}`;
  }
  if (meshConfig.object !== undefined) return undefined;
  return `the mesh configuration ${meshConfig.origin.file} is not valid and there is no earlier one`;
}

function newIssues(before: readonly Issue[], after: readonly Issue[]): Issue[] {
  const known = new Set(before.map((issue) => JSON.stringify(issue)));
  return after.filter((issue) => !known.has(JSON.stringify(issue)));
}
