import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Component, HealthResult, Log, Timer } from '@quintet/runtime';
import { createDebounce, type Debounce, type DebounceObserver, type DebounceTimes } from './debounce.ts';
import { type DirectoryWatch, type WatchDirectory, watchDirectories } from './directory-watch.ts';
import {
  DOUBT_MS,
  FileTree,
  type FileTreeOptions,
  type KnownFile,
  type Look,
  type TreeChange,
} from './file-tree.ts';
import { isLink } from './read-text.ts';

/** What the files say differently from before; the first one is everything. */
export type FilesChange = TreeChange & {
  /** True while more of the first look follows: nothing that is not here yet is missing. */
  readonly isPartial: boolean;
  /** The first of the paths asked for that cannot be read, and why. */
  readonly missing: string | undefined;
};

export type FileSourceOptions = FileTreeOptions &
  DebounceTimes & {
    readonly log: Log;
    readonly onChange: (change: FilesChange) => void;
    readonly observer?: DebounceObserver;
    /** `fs.watch` unless given. */
    readonly watchDirectory?: WatchDirectory;
  };

/** Files that are followed. Its start ends after the first look. */
export type FileSource = Component & {
  readonly files: ReadonlyMap<string, KnownFile>;
  /**
   * Failed before the first look; degraded while a path that was asked for cannot be read, and while directories cannot
   * be watched: what changes in them is seen late.
   */
  health(): HealthResult;
};

/** Not every file system tells of changes: look everywhere this often in any case. */
const LOOK_EVERYWHERE_MS = 10_000;
/** The same, while there are directories that cannot be watched. */
const POLL_MS = 2_000;
/** Looking everywhere should take up at most this part of the time: whatever changes meanwhile has to wait for its end. */
const LARGEST_SHARE = 0.005;
/** The same, while nothing else tells of changes. */
const LARGEST_SHARE_BLIND = 0.02;
/** But it is not put off for longer than this: a look may have taken long for reasons that are over. */
const LONGEST_WAIT_MS = 60_000;
/** The same, while nothing else tells of changes. */
const LONGEST_WAIT_BLIND_MS = 10_000;
/** When to look again at a file that has gone or become empty; timers may be early by a little. */
const DOUBT_OVER_MS = DOUBT_MS + 10;
/** Files of the first look that are handed over before others have a turn. */
const FILES_AT_ONCE = 200;
const POLLING = `their files are looked at every ${POLL_MS / 1000} to ${LONGEST_WAIT_BLIND_MS / 1000} s`;
const NOT_READ = 'not all files have been read yet';
/** The kernel keeps 16,384 events at most and drops the rest silently: near that only a look everywhere is safe. */
const TOO_MANY_EVENTS = 4096;

/**
 * Follows the files of a configuration. A watch only says where to look; what counts is what is read then, so an event
 * that came twice does no harm, and one that was lost none for long: everything is looked at again at regular times,
 * and what seems to have been written is read.
 */
export function createFileSource(options: FileSourceOptions): FileSource {
  return new Source(options);
}

class Source implements FileSource {
  readonly name = 'files';
  readonly #options: FileSourceOptions;
  readonly #debounce: Debounce;
  readonly #watch: DirectoryWatch;
  readonly #tree: FileTree;
  /** Names of the paths asked for, by the directory they are in. */
  readonly #parents: ReadonlyMap<string, ReadonlySet<string>>;
  #paths = new Set<string>();
  #linksIn = new Set<string>();
  #events = 0;
  /** How long the last look everywhere took, without what was done about its findings. */
  #everywhereMs = 0;
  #doubtTimer: Timer | undefined;
  #everywhereTimer: Timer | undefined;
  /** Whether the timer was set for a time in which nothing else tells of changes. */
  #isPolling = false;
  #looking: Promise<void> | undefined;
  #hasLooked = false;
  #stopped = false;

  constructor(options: FileSourceOptions) {
    this.#options = options;
    const { clock, quietMs, maxMs, observer, paths, watchDirectory } = options;
    const run = (): void => void this.#look();
    this.#debounce = createDebounce({ quietMs, maxMs, clock, run, ...(observer && { observer }) });
    this.#watch = watchDirectories({
      onEvent: (directory, name) => this.#happened(directory, name),
      onBlind: (directory, reason) => this.#becameBlind(directory, reason),
      ...(watchDirectory && { watchDirectory }),
    });
    this.#tree = new FileTree(options, this.#watch);
    const byParent = Map.groupBy(paths, dirname);
    this.#parents = new Map(
      [...byParent].map(([parent, group]) => [parent, new Set(group.map((path) => basename(path)))]),
    );
  }

  get files(): ReadonlyMap<string, KnownFile> {
    return this.#tree.files;
  }

  health(): HealthResult {
    if (!this.#hasLooked) return { state: 'failed', detail: NOT_READ };
    const missing = this.#tree.missing();
    if (missing !== undefined) return { state: 'degraded', detail: missing };
    const { directories, reason } = this.#watch.blindness();
    if (directories === 0) return { state: 'ok' };
    const detail = `${directories} directories cannot be watched (${reason}): ${POLLING}`;
    return { state: 'degraded', detail };
  }

  start(): Promise<void> {
    return this.#look('everywhere');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#doubtTimer?.cancel();
    this.#everywhereTimer?.cancel();
    this.#debounce.stop();
    this.#watch.close();
    await this.#looking;
  }

  #becameBlind(directory: string, reason: string): void {
    this.#options.log.warn({ directory, reason }, `not all directories can be watched: ${POLLING}`);
    // A look that runs plans the next one itself. What changed since the watch was deaf is found now.
    if (this.#hasLooked && this.#looking === undefined) void this.#look('everywhere');
  }

  #happened(directory: string, name: string | undefined): void {
    const isItself = name === basename(directory);
    const asked = this.#parents.get(directory);
    const isAsked = name === undefined || asked?.has(name) === true;
    const isHidden = !isAsked && name.startsWith('.');
    // What is hidden beside a path that was asked for may be what that path leads through.
    const isNear = asked !== undefined && (isItself || isHidden);
    if (!this.#tree.directories.has(directory) && !isAsked && !isNear) return;
    this.#events += 1;
    if (name === undefined) this.#paths.add(directory);
    else if (isHidden) this.#linksIn.add(directory);
    else this.#paths.add(join(directory, name));
    // The directory itself was moved or removed: its watch is deaf from now on.
    if (isItself) this.#paths.add(directory);
    if (isItself && asked !== undefined) {
      this.#watch.drop(directory);
      for (const each of asked) this.#paths.add(join(directory, each));
    }
    this.#debounce.trigger();
  }

  /** One look at a time; whatever happens during a look causes another one. Never rejects. */
  #look(where?: 'everywhere'): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#looking !== undefined) {
      this.#debounce.trigger();
      return this.#looking;
    }
    // Begins when it counts as running: a watch that fails at its beginning must not cause another one beside it.
    this.#looking = Promise.resolve()
      .then(() => this.#lookOnce(where ?? this.#whereToLook()))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  #whereToLook(): Look {
    if (this.#events > TOO_MANY_EVENTS) return 'everywhere';
    for (const directory of this.#linksIn) {
      const asked = [...(this.#parents.get(directory) ?? [])].map((name) => join(directory, name));
      for (const path of asked) if (isLink(path)) this.#paths.add(path);
    }
    return { paths: this.#paths, linksIn: this.#linksIn };
  }

  async #lookOnce(where: Look): Promise<void> {
    const { clock, log } = this.#options;
    if (where === 'everywhere') this.#dropDeaf();
    this.#paths = new Set();
    this.#linksIn = new Set();
    this.#events = 0;
    const began = clock.monotonic();
    const isFirst = !this.#hasLooked;
    try {
      for (const parent of this.#parents.keys()) this.#watch.ensure(parent);
      const change = await this.#tree.look(where);
      // The first look reads everything, which the later ones need not.
      if (where === 'everywhere' && !isFirst) this.#everywhereMs = clock.monotonic() - began;
      this.#hasLooked = true;
      if (isFirst || change.put.size > 0 || change.removed.size > 0) await this.#tell(change, isFirst);
    } catch (error) {
      log.error({ err: error }, 'taking over the files failed: this is a bug');
    }
    this.#plan(where);
  }

  /** A directory that was made anew may have the number of the one that went: only events tell that its watch is deaf. */
  #dropDeaf(): void {
    if (this.#events > TOO_MANY_EVENTS) this.#watch.retain({ has: () => false });
    for (const path of this.#paths) this.#watch.drop(path);
  }

  /** Hands the first look over in parts: checking thousands of files takes seconds, in which others need a turn. */
  async #tell({ put, removed }: TreeChange, isFirst: boolean): Promise<void> {
    const { onChange } = this.#options;
    const files = [...put];
    while (isFirst && files.length > FILES_AT_ONCE) {
      const part = new Map(files.splice(0, FILES_AT_ONCE));
      onChange({ put: part, removed: new Set(), isPartial: true, missing: NOT_READ });
      await setImmediate();
    }
    onChange({ put: new Map(files), removed, isPartial: false, missing: this.#tree.missing() });
  }

  /** Sees to it that there is another look when it is time. */
  #plan(where: Look): void {
    if (this.#stopped) return;
    const { clock } = this.#options;
    const { directories, doubtful } = this.#tree;
    this.#watch.retain({ has: (path) => directories.has(path) || this.#parents.has(path) });
    this.#doubtTimer?.cancel();
    if (doubtful.size > 0) this.#doubtTimer = clock.after(DOUBT_OVER_MS, () => void this.#look());
    const isBlind = this.#watch.isBlind();
    const isPlanned = this.#everywhereTimer !== undefined && (this.#isPolling || !isBlind);
    if (where !== 'everywhere' && isPlanned) return;
    this.#isPolling = isBlind;
    this.#everywhereTimer?.cancel();
    const [often, share, longest] = isBlind
      ? [POLL_MS, LARGEST_SHARE_BLIND, LONGEST_WAIT_BLIND_MS]
      : [LOOK_EVERYWHERE_MS, LARGEST_SHARE, LONGEST_WAIT_MS];
    const wait = Math.min(longest, Math.max(often, this.#everywhereMs / share));
    this.#everywhereTimer = clock.after(wait, () => void this.#lookEverywhere());
  }

  async #lookEverywhere(): Promise<void> {
    while (this.#looking !== undefined) await this.#looking;
    await this.#look('everywhere');
  }
}
