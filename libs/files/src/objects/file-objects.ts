import { ISSUE_CODES, type Issue, type Origin, type ResourceRef, resourceKey } from '@quintet/model';
import type { FilesChange } from '../file-source.ts';
import type { FileContent } from '../read-text.ts';
import { type FileOrder, fileOrder } from './file-order.ts';
import { type ReadFile, type ReadOptions, readStandings } from './read-standings.ts';
import type { ConfigFileItem, FileItem, Standing } from './standing.ts';

export type FileObjectsOptions = ReadOptions & {
  /** The paths that were asked for, in their order: of two objects of one name the first counts. */
  readonly paths: readonly string[];
  /**
   * Objects that were known before the first change, with the place where they stood: as long as nobody can read that
   * place they are not taken for deleted.
   */
  readonly known?: readonly { readonly resource: ResourceRef; readonly origin: Origin }[];
};

/** What is different in the objects after a change of files. */
export type ObjectsChange = {
  /** New and changed objects. One without `object` is wrong, or stood where nobody can read now. */
  readonly put: readonly FileItem[];
  /** Keys of objects that are in no file any more. */
  readonly removed: readonly string[];
  /** If present, all issues that belong to no object, in place of those before. */
  readonly issues?: readonly Issue[];
};

/** The objects in files: what they are made of is kept, so that a change costs what changed. */
export type FileObjects = { update(change: Omit<FilesChange, 'missing'>): ObjectsChange };

/**
 * Reads and checks the objects in files. Of objects with one name the first in the order of the files counts, and the
 * next one once that is gone. An object that is in no file any more is removed, unless its file cannot be read or has a
 * document that nobody can name: then nobody knows whether it was deleted.
 */
export function createFileObjects(options: FileObjectsOptions): FileObjects {
  return new Objects(options);
}

class Objects implements FileObjects {
  readonly #options: FileObjectsOptions;
  readonly #order: FileOrder;
  readonly #files = new Map<string, ReadFile>();
  /** What stands under each name, in the order of the files. */
  readonly #standings = new Map<string, readonly Named[]>();
  /** What was told last of each object. */
  readonly #told = new Map<string, FileItem>();
  /** Objects that stood where nobody can read now. */
  readonly #held = new Set<string>();
  /** Why nobody knows what stands in a file or below a directory. */
  readonly #unclear = new Map<string, Issue>();
  readonly #issuesOfFiles = new Map<string, readonly Issue[]>();
  readonly #duplicates = new Map<string, readonly Issue[]>();
  #issuesChanged = true;

  constructor(options: FileObjectsOptions) {
    this.#options = options;
    this.#order = fileOrder(options.paths);
    for (const { resource, origin } of options.known ?? []) {
      const key = resourceKey(resource);
      this.#told.set(key, { kind: 'config', key, resource, origin, issues: [] });
      this.#held.add(key);
    }
  }

  update({ put, removed, isPartial }: Omit<FilesChange, 'missing'>): ObjectsChange {
    const touched = new Set<string>();
    for (const path of removed) this.#read(path, undefined, touched);
    for (const [path, content] of put) this.#read(path, content, touched);
    if (!isPartial) for (const key of this.#held) touched.add(key);
    const change = { put: [] as FileItem[], removed: [] as string[] };
    for (const key of touched) this.#settle(key, change);
    if (!this.#issuesChanged) return change;
    this.#issuesChanged = false;
    return { ...change, issues: this.#issues() };
  }

  /** Takes over what a file says now; undefined when it is gone. */
  #read(path: string, content: FileContent | undefined, touched: Set<string>): void {
    const before = this.#files.get(path);
    const after =
      content?.kind === 'text'
        ? readStandings({ path, text: content.text }, before, this.#options)
        : undefined;
    const staying = new Set(after?.standings);
    for (const standing of before?.standings ?? []) {
      if (standing.kind === 'unnamed' || staying.delete(standing)) continue;
      this.#leave(standing);
      touched.add(standing.key);
    }
    for (const standing of staying) {
      if (standing.kind === 'unnamed') continue;
      this.#enter(standing);
      touched.add(standing.key);
    }
    if (after === undefined) this.#files.delete(path);
    else this.#files.set(path, after);
    this.#noteIssues(path, content, after?.standings ?? []);
  }

  #enter(standing: Named): void {
    const others = this.#standings.get(standing.key) ?? [];
    const all = [...others, standing];
    if (others.length > 0) all.sort((a, b) => this.#order(a.origin, b.origin));
    this.#standings.set(standing.key, all);
  }

  #leave(standing: Named): void {
    const rest = (this.#standings.get(standing.key) ?? []).filter((each) => each !== standing);
    if (rest.length === 0) this.#standings.delete(standing.key);
    else this.#standings.set(standing.key, rest);
  }

  #noteIssues(path: string, content: FileContent | undefined, standings: readonly Standing[]): void {
    const unreadable = content?.kind === 'unreadable' ? [unreadableFile(path, content.reason)] : [];
    const unnamed = standings.flatMap((each) => (each.kind === 'unnamed' ? each.issues : []));
    const wrong = standings.flatMap((each) => (each.kind === 'wrong-native' ? each.issues : []));
    const [cause] = [...unreadable, ...unnamed];
    if (cause === undefined) this.#unclear.delete(path);
    else this.#unclear.set(path, cause);
    const issues = [...unreadable, ...unnamed, ...wrong];
    if (issues.length === 0 && !this.#issuesOfFiles.has(path)) return;
    this.#issuesChanged = true;
    if (issues.length === 0) this.#issuesOfFiles.delete(path);
    else this.#issuesOfFiles.set(path, issues);
  }

  /** Tells what has become of an object. */
  #settle(key: string, change: { readonly put: FileItem[]; readonly removed: string[] }): void {
    const [first, ...others] = this.#standings.get(key) ?? [];
    this.#noteDuplicates(key, first, others);
    const told = this.#told.get(key);
    if (first !== undefined) {
      this.#held.delete(key);
      if (first.kind === 'wrong-native' || first.item === told) return;
      this.#told.set(key, first.item);
      change.put.push(first.item);
    } else if (told !== undefined) this.#settleMissing(told, change);
  }

  #settleMissing(told: FileItem, change: { readonly put: FileItem[]; readonly removed: string[] }): void {
    const { key } = told;
    const cause = this.#causeAt(told.kind === 'config' ? told.origin : told.object.origin);
    if (cause === undefined) {
      this.#held.delete(key);
      this.#told.delete(key);
      change.removed.push(key);
      return;
    }
    this.#held.add(key);
    if (told.kind === 'native') return;
    const { resource, origin } = told;
    const [issue] = told.issues;
    if (told.object === undefined && issue?.code === cause.code && issue.message === cause.message) return;
    const item: ConfigFileItem = { kind: 'config', key, resource, origin, issues: [{ ...cause, resource }] };
    this.#told.set(key, item);
    change.put.push(item);
  }

  /** Why nobody knows what stands at a place; an unreadable directory stands for all files below it. */
  #causeAt(origin: Origin | undefined): Issue | undefined {
    if (origin === undefined || this.#unclear.size === 0) return undefined;
    const { file } = origin;
    for (let end = file.length; end > 0; end = file.lastIndexOf('/', end - 1)) {
      const cause = this.#unclear.get(file.slice(0, end));
      if (cause !== undefined) return cause;
    }
    return undefined;
  }

  #noteDuplicates(key: string, first: Named | undefined, others: readonly Named[]): void {
    if (others.length === 0 && !this.#duplicates.has(key)) return;
    this.#issuesChanged = true;
    if (first === undefined || others.length === 0) this.#duplicates.delete(key);
    else
      this.#duplicates.set(
        key,
        others.map((other) => duplicate(other, first)),
      );
  }

  #issues(): readonly Issue[] {
    const issues = [...this.#issuesOfFiles.values(), ...this.#duplicates.values()].flat();
    return issues.sort((a, b) => this.#order(a.origin ?? NOWHERE, b.origin ?? NOWHERE));
  }
}

type Named = Exclude<Standing, { readonly kind: 'unnamed' }>;

const NOWHERE: Origin = { file: '', line: 0 };

function unreadableFile(path: string, reason: string): Issue {
  const { severity } = ISSUE_CODES.QTT1006;
  const origin = { file: path, line: 1 };
  return { code: 'QTT1006', severity, path: '', message: `${path}: ${reason}`, origin };
}

function duplicate(other: Named, first: Named): Issue {
  const resource = resourceOf(other);
  const { file, line } = first.origin;
  const { severity } = ISSUE_CODES.QTT1004;
  const message = `${resource.kind} ${resource.namespace}/${resource.name} stands already in ${file}:${line}`;
  return { code: 'QTT1004', severity, resource, path: '', message, origin: other.origin };
}

function resourceOf(standing: Named): ResourceRef {
  if (standing.kind === 'wrong-native') return standing.resource;
  const { item } = standing;
  if (item.kind === 'config') return item.resource;
  const { kind, namespace, name } = item.object;
  return { kind, namespace, name };
}
