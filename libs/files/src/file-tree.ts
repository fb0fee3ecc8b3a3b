import { hash } from 'node:crypto';
import { type BigIntStats, type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type Clock, errorText } from '@quintet/runtime';
import type { DirectoryWatch } from './directory-watch.ts';
import { type Fingerprint, fingerprintOf, isTelling, sameFingerprint } from './fingerprint.ts';
import { type FileContent, isGone, kindOf, NOT_THERE, readText } from './read-text.ts';
import { createSlices } from './slices.ts';

export type FileTreeOptions = {
  /** Directories (read with everything below them) and files, as absolute paths. */
  readonly paths: readonly string[];
  /** True when `paths` are files that are read whatever they are called. */
  readonly named?: boolean;
  /** File names that are no configuration. */
  readonly ignore?: ReadonlySet<string>;
  /** Files that somebody else reads, as absolute paths. */
  readonly except?: ReadonlySet<string>;
  /** Files beyond this size are not read, bytes. */
  readonly maxFileBytes: number;
  readonly clock: Clock;
};

/** Where to look: everywhere, or only at what may have changed. */
export type Look =
  | 'everywhere'
  | {
      /** Files, and directories with everything below them. */
      readonly paths: ReadonlySet<string>;
      /** Directories in which something hidden changed: links may lead through it. */
      readonly linksIn: ReadonlySet<string>;
    };

/** What a look has found to be different. */
export type TreeChange = {
  readonly put: ReadonlyMap<string, FileContent>;
  readonly removed: ReadonlySet<string>;
};

/** What is known of a file; its text is not kept. */
export type KnownFile = {
  /** Hexadecimal SHA-256 of the text; absent for what is unreadable. */
  readonly sha256?: string;
  readonly unreadable?: string;
  readonly isEmpty: boolean;
  readonly fingerprint?: Fingerprint;
  /** False when the file must be read at the next look in any case. */
  readonly isSettled: boolean;
};

type KnownDirectory = { readonly identity: string; readonly links: readonly string[] };

/** What one look has come by. */
type Found = {
  readonly seen: Set<string>;
  readonly put: Map<string, FileContent>;
  readonly removed: Set<string>;
  /** Files that were not there under this path before, as `Fingerprint.body`. */
  readonly arrived: Set<string>;
  /** What was doubtful before, and since when. */
  readonly doubted: ReadonlyMap<string, number>;
  readonly pause: () => Promise<void> | undefined;
};

/** How long a file that has gone or become empty counts as before, milliseconds. */
export const DOUBT_MS = 200;

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
/** Levels of directories; a link that leads back up would go on for ever. */
const MAX_DEPTH = 16;

/**
 * The files of a configuration as they were when they were looked at last. Links are followed and hidden names left out,
 * so a mounted ConfigMap, which keeps its versions in hidden directories, is read as it looks. What is not there any more
 * when its turn comes is left out; a path that was asked for and is not there is unreadable: that is a mistake and not a
 * deletion.
 *
 * Editors and tools save by emptying or replacing a file: for a moment it is empty or not there. A file that held
 * something therefore counts as before until it was found gone or empty twice, `DOUBT_MS` apart. A file that was given
 * another name is believed at once.
 */
export class FileTree {
  readonly files = new Map<string, KnownFile>();
  /** Every directory that was read. */
  readonly directories = new Map<string, KnownDirectory>();
  readonly #options: FileTreeOptions;
  readonly #watch: Pick<DirectoryWatch, 'ensure' | 'drop'>;
  #doubtful = new Map<string, number>();

  constructor(options: FileTreeOptions, watch: Pick<DirectoryWatch, 'ensure' | 'drop'>) {
    this.#options = options;
    this.#watch = watch;
  }

  /** Files that seem to have gone, or to be empty, and count as before until they have for a while. */
  get doubtful(): { readonly size: number } {
    return this.#doubtful;
  }

  /** The first of the paths asked for that cannot be read, and why. */
  missing(): string | undefined {
    for (const path of this.#options.paths) {
      const reason = this.files.get(path)?.unreadable;
      if (reason !== undefined) return `${path}: ${reason}`;
    }
    return undefined;
  }

  /** Looks, one look at a time: a second call must wait for the first. */
  async look(where: Look): Promise<TreeChange> {
    const found: Found = {
      seen: new Set(),
      put: new Map(),
      removed: new Set(),
      arrived: new Set(),
      doubted: this.#doubtful,
      pause: createSlices(this.#options.clock),
    };
    this.#doubtful = new Map();
    const gone = where === 'everywhere' ? await this.#everything(found) : await this.#some(where, found);
    for (const path of gone) this.#leave(path, found);
    return found;
  }

  /** Returns what was there and was not seen again. */
  async #everything(found: Found): Promise<Iterable<string>> {
    for (const path of this.#options.paths) await this.#visit({ path, depth: 0, force: false }, found);
    for (const path of this.directories.keys()) if (!found.seen.has(path)) this.directories.delete(path);
    return [...this.files.keys()].filter((path) => !found.seen.has(path));
  }

  async #some({ paths, linksIn }: Exclude<Look, 'everywhere'>, found: Found): Promise<Iterable<string>> {
    const links = [...linksIn].flatMap((path) =>
      (this.directories.get(path)?.links ?? []).map((name) => join(path, name)),
    );
    const gone = new Set<string>();
    for (const path of new Set([...paths, ...links, ...found.doubted.keys()])) {
      const depth = this.#depthOf(path);
      if (depth === undefined) continue;
      const wasDirectory = this.directories.has(path);
      this.#watch.drop(path);
      await this.#visit({ path, depth, force: true }, found);
      if (!found.seen.has(path) && this.files.has(path)) gone.add(path);
      if (wasDirectory || this.directories.has(path)) this.#collectUnseen(`${path}/`, found, gone);
      if (!found.seen.has(path)) this.directories.delete(path);
    }
    return gone;
  }

  /** Everything below a directory that was not seen. */
  #collectUnseen(prefix: string, { seen }: Found, gone: Set<string>): void {
    for (const path of this.directories.keys())
      if (path.startsWith(prefix) && !seen.has(path)) this.directories.delete(path);
    for (const path of this.files.keys()) if (path.startsWith(prefix) && !seen.has(path)) gone.add(path);
  }

  async #visit(at: { path: string; depth: number; force: boolean }, found: Found): Promise<void> {
    const { path, depth } = at;
    await found.pause();
    const stats = statOrReason(path);
    if (stats === 'gone') {
      if (depth === 0) this.#record(path, NOT_THERE, undefined, found);
    } else if (typeof stats === 'string') {
      this.#record(path, { kind: 'unreadable', reason: stats }, undefined, found);
    } else if (!stats.isDirectory() || this.#options.named === true) {
      if (this.#isWanted(path)) this.#visitFile(at, stats, found);
    } else if (depth > MAX_DEPTH) {
      const reason = `more than ${MAX_DEPTH} levels deep`;
      this.#record(path, { kind: 'unreadable', reason }, undefined, found);
    } else await this.#visitDirectory(path, depth, stats, found);
  }

  async #visitDirectory(path: string, depth: number, stats: BigIntStats, found: Found): Promise<void> {
    const { identity } = fingerprintOf(stats);
    if (this.directories.get(path)?.identity !== identity) this.#watch.drop(path);
    this.#watch.ensure(path);
    const entries = entriesIn(path);
    if (entries === 'gone') return;
    if (typeof entries === 'string') {
      this.#record(path, { kind: 'unreadable', reason: entries }, undefined, found);
      return;
    }
    found.seen.add(path);
    if (this.files.delete(path)) found.removed.add(path);
    const visible = entries.filter(({ name }) => !name.startsWith('.'));
    const links = visible.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
    this.directories.set(path, { identity, links });
    for (const { name } of visible)
      await this.#visit({ path: join(path, name), depth: depth + 1, force: false }, found);
  }

  #isWanted(path: string): boolean {
    const { named = false, ignore, except } = this.#options;
    if (named) return true;
    const isOurs = ignore?.has(basename(path)) !== true && except?.has(path) !== true;
    return isOurs && EXTENSIONS.has(extname(path));
  }

  #visitFile({ path, force }: { path: string; force: boolean }, stats: BigIntStats, found: Found): void {
    const known = this.files.get(path);
    const fingerprint = fingerprintOf(stats);
    if (!force && found.seen.has(path)) return;
    if (!force && known?.isSettled === true && known.fingerprint !== undefined) {
      if (sameFingerprint(known.fingerprint, fingerprint)) {
        found.seen.add(path);
        return;
      }
    }
    const content: FileContent | 'gone' = stats.isFile()
      ? readText(path, this.#options.maxFileBytes)
      : { kind: 'unreadable', reason: `${kindOf(stats)}, expected a file` };
    if (content === 'gone') return;
    if (known?.fingerprint?.identity !== fingerprint.identity) found.arrived.add(fingerprint.body);
    this.#record(path, content, fingerprint, found);
  }

  /** Notes what a file holds now. */
  #record(path: string, content: FileContent, fingerprint: Fingerprint | undefined, found: Found): void {
    found.seen.add(path);
    const known = this.files.get(path);
    const isEmpty = content.kind === 'text' && content.text.trim() === '';
    if (isEmpty && known !== undefined && this.#doubts(path, known, found)) return;
    const isSettled = fingerprint !== undefined && isTelling(fingerprint, this.#options.clock.now());
    const next: KnownFile =
      content.kind === 'text'
        ? { sha256: hash('sha256', content.text), isEmpty, isSettled, ...(fingerprint && { fingerprint }) }
        : { unreadable: content.reason, isEmpty, isSettled, ...(fingerprint && { fingerprint }) };
    this.files.set(path, next);
    if (known?.sha256 !== next.sha256 || known?.unreadable !== next.unreadable) found.put.set(path, content);
  }

  /** A file was not found where it was. */
  #leave(path: string, found: Found): void {
    const known = this.files.get(path);
    if (known === undefined) return;
    const body = known.fingerprint?.body;
    const wasRenamed = body !== undefined && found.arrived.has(body);
    if (!wasRenamed && this.#doubts(path, known, found)) return;
    this.files.delete(path);
    found.removed.add(path);
  }

  /** Whether a file that is gone or empty counts as before for now; if so it is looked at again. */
  #doubts(path: string, known: KnownFile, found: Found): boolean {
    if (known.sha256 === undefined || known.isEmpty) return false;
    const now = this.#options.clock.monotonic();
    const since = found.doubted.get(path) ?? now;
    if (now - since >= DOUBT_MS) return false;
    this.#doubtful.set(path, since);
    this.files.set(path, { ...known, isSettled: false });
    return true;
  }

  /** How far a path is below one of those asked for; undefined when it is below none. */
  #depthOf(path: string): number | undefined {
    const depths = this.#options.paths.flatMap((root) => {
      if (path === root) return [0];
      return path.startsWith(`${root}/`) ? [path.slice(root.length + 1).split('/').length] : [];
    });
    return depths.length === 0 ? undefined : Math.min(...depths);
  }
}

function statOrReason(path: string): BigIntStats | string {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? 'gone';
  } catch (error) {
    return isGone(error) ? 'gone' : errorText(error);
  }
}

function entriesIn(path: string): Dirent[] | string {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return isGone(error) ? 'gone' : errorText(error);
  }
}
