import { watch } from 'node:fs';
import { codeOf, isGone } from './read-text.ts';

/** Watches a changing set of directories. */
export type DirectoryWatch = {
  /**
   * Watches a directory from now on, if it is not watched already. What is read of the directory afterwards and what is
   * told of it leave no gap.
   */
  ensure(directory: string): void;
  /** Stops watching a directory: its name may lead elsewhere now. */
  drop(directory: string): void;
  /** Stops watching all directories but these. */
  retain(directories: { has(directory: string): boolean }): void;
  /** Whether there are directories that should be watched and cannot be. */
  isBlind(): boolean;
  /** How many those are, and the code of the first failure, such as `ENOSPC`. */
  blindness(): { readonly directories: number; readonly reason: string };
  close(): void;
};

/** A watch of one directory, as `fs.watch` makes it. */
export type OpenWatch = {
  close(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** Begins to watch a directory. Throws, or tells of an error later, when the system cannot. */
export type WatchDirectory = (
  directory: string,
  onEvent: (event: string, name: string | null) => void,
) => OpenWatch;

const watchBySystem: WatchDirectory = (directory, onEvent) =>
  watch(directory, { persistent: false }, onEvent);

export type DirectoryWatchOptions = {
  readonly watchDirectory?: WatchDirectory;
  /**
   * Something may have happened to `name` in a directory; without a name to anything in it. What happened is for the
   * caller to find out. Some events of a directory itself come with its own name.
   */
  readonly onEvent: (directory: string, name: string | undefined) => void;
  /**
   * A directory cannot be watched, or not any longer: the system has no more watches, say. Told once until all can be
   * watched again. `reason` is a code such as `ENOSPC`.
   */
  readonly onBlind: (directory: string, reason: string) => void;
};

export function watchDirectories(options: DirectoryWatchOptions): DirectoryWatch {
  const { onEvent, onBlind, watchDirectory = watchBySystem } = options;
  const watchers = new Map<string, OpenWatch>();
  /** Why they cannot be watched. */
  const blind = new Map<string, string>();
  const drop = (directory: string): void => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
    blind.delete(directory);
  };
  const failed = (directory: string, error: unknown): void => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
    if (isGone(error)) return;
    const first = blind.size === 0;
    const reason = String(codeOf(error) ?? error);
    blind.set(directory, reason);
    if (first) onBlind(directory, reason);
  };
  return {
    ensure(directory) {
      if (watchers.has(directory)) return;
      try {
        const watcher = watchDirectory(directory, (_event, name) => onEvent(directory, name ?? undefined));
        watcher.on('error', (error) => failed(directory, error));
        watchers.set(directory, watcher);
        blind.delete(directory);
      } catch (error) {
        failed(directory, error);
      }
    },
    drop,
    retain(directories) {
      for (const directory of [...watchers.keys(), ...blind.keys()])
        if (!directories.has(directory)) drop(directory);
    },
    isBlind: () => blind.size > 0,
    blindness: () => ({ directories: blind.size, reason: [...blind.values()][0] ?? '' }),
    close() {
      for (const directory of [...watchers.keys()]) drop(directory);
    },
  };
}
