import { basename, dirname } from 'node:path';
import type { Clock, Component, Log, Timer } from '@quintet/runtime';
import { createDebounce, type Debounce, type DebounceObserver, type DebounceTimes } from './debounce.ts';
import { type DirectoryWatch, type Watched, watchDirectories } from './directory-watch.ts';
import { type FileContent, type FileSetOptions, readFileSet, readNamedFile } from './file-set.ts';
import { type Settled, settle } from './settle.ts';

/** What the files say, whenever it is different from before. */
export type FilesChange = {
  /** Configuration files by path, in a fixed order. */
  readonly files: ReadonlyMap<string, FileContent>;
  /** The mesh configuration file, if there is one. */
  readonly meshConfig: FileContent | undefined;
};

export type FileSourceOptions = FileSetOptions &
  DebounceTimes & {
    readonly meshConfigFile: string | undefined;
    readonly clock: Clock;
    readonly log: Log;
    readonly onChange: (change: FilesChange) => void;
    readonly observer?: DebounceObserver;
  };

/** Not every file system tells of changes: look this often in any case. */
const LOOK_AGAIN_MS = 10_000;
/** When to look again at a file that has gone or become empty. */
const DOUBT_MS = 200;

/**
 * Watches the files of a configuration, and reads them all whenever something may have changed. Its start ends after
 * the first reading. A watch only says when to look; what counts is what is read then, so an event that was lost or
 * came twice does no harm.
 */
export function createFileSource(options: FileSourceOptions): Component {
  const source = new FileSource(options);
  return { name: 'files', start: () => source.look(), stop: () => source.stop() };
}

class FileSource {
  readonly #options: FileSourceOptions;
  readonly #debounce: Debounce;
  readonly #watch: DirectoryWatch;
  #settled: Settled = { files: new Map(), doubtful: new Set() };
  #told: ReadonlyMap<string, FileContent> | undefined;
  #again: Timer | undefined;
  #looking: Promise<void> | undefined;
  #missed = false;
  #stopped = false;

  constructor(options: FileSourceOptions) {
    this.#options = options;
    const { clock, quietMs, maxMs, observer } = options;
    const run = (): void => void this.look();
    this.#debounce = createDebounce({ quietMs, maxMs, clock, run, ...(observer && { observer }) });
    this.#watch = watchDirectories(() => this.#debounce.trigger());
  }

  /** One look at a time; whatever happens during a look causes another one. Never rejects. */
  look(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#looking !== undefined) {
      this.#missed = true;
      return this.#looking;
    }
    this.#looking = this.#lookOnce().finally(() => {
      this.#looking = undefined;
      if (this.#missed && !this.#stopped) this.#debounce.trigger();
      this.#missed = false;
    });
    return this.#looking;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again?.cancel();
    this.#debounce.stop();
    this.#watch.close();
    await this.#looking;
  }

  async #lookOnce(): Promise<void> {
    try {
      const found = await this.#read();
      this.#settled = settle(this.#settled, found);
      this.#tell(this.#settled.files);
    } catch (error) {
      this.#options.log.error({ err: error }, 'taking over the configuration failed: this is a bug');
    }
    this.#again?.cancel();
    if (this.#stopped) return;
    const wait = this.#settled.doubtful.size > 0 ? DOUBT_MS : LOOK_AGAIN_MS;
    this.#again = this.#options.clock.after(wait, () => void this.look());
  }

  async #read(): Promise<ReadonlyMap<string, FileContent>> {
    const { paths, meshConfigFile } = this.#options;
    const { files, directories } = await readFileSet(this.#options);
    const found = new Map(files);
    if (meshConfigFile !== undefined) found.set(meshConfigFile, await readNamedFile(meshConfigFile));
    const named = meshConfigFile === undefined ? paths : [...paths, meshConfigFile];
    // A directory may have changed before it was watched: then it is looked at again.
    if (this.#watch.follow(watchedFor(directories, named))) this.#debounce.trigger();
    return found;
  }

  #tell(settled: ReadonlyMap<string, FileContent>): void {
    if (this.#told !== undefined && sameFiles(this.#told, settled)) return;
    this.#told = settled;
    const { meshConfigFile, onChange } = this.#options;
    const files = new Map(settled);
    if (meshConfigFile !== undefined) files.delete(meshConfigFile);
    onChange({ files, meshConfig: meshConfigFile === undefined ? undefined : settled.get(meshConfigFile) });
  }
}

/** Everything in the directories that were read, and in those above them the paths that were asked for. */
function watchedFor(directories: ReadonlySet<string>, named: readonly string[]): Watched {
  const watched = new Map<string, 'all' | Set<string>>(
    [...directories].map((directory) => [directory, 'all']),
  );
  for (const path of named) {
    const names = watched.get(dirname(path)) ?? new Set();
    if (names !== 'all') watched.set(dirname(path), names.add(basename(path)));
  }
  return watched;
}

function sameFiles(a: ReadonlyMap<string, FileContent>, b: ReadonlyMap<string, FileContent>): boolean {
  const [left, right] = [[...a], [...b]];
  return (
    left.length === right.length &&
    left.every(([path, content], index) => {
      const other = right[index];
      return other !== undefined && path === other[0] && sameContent(content, other[1]);
    })
  );
}

function sameContent(a: FileContent, b: FileContent): boolean {
  if (a.kind === 'text') return b.kind === 'text' && a.text === b.text;
  return b.kind === 'unreadable' && a.reason === b.reason;
}
