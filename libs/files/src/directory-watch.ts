import { type FSWatcher, watch } from 'node:fs';
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
  close(): void;
};

export type DirectoryWatchOptions = {
  /**
   * Something may have happened to `name` in a directory; without a name to anything in it. What happened is for the
   * caller to find out. Some events of a directory itself come with its own name.
   */
  readonly onEvent: (directory: string, name: string | undefined) => void;
  /** A directory cannot be watched; told once until all can be watched again. `reason` is a code such as `ENOSPC`. */
  readonly onBlind: (directory: string, reason: string) => void;
};

export function watchDirectories({ onEvent, onBlind }: DirectoryWatchOptions): DirectoryWatch {
  const watchers = new Map<string, FSWatcher>();
  const blind = new Set<string>();
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
    blind.add(directory);
    if (first) onBlind(directory, String(codeOf(error) ?? error));
  };
  return {
    ensure(directory) {
      if (watchers.has(directory)) return;
      try {
        const watcher = watch(directory, { persistent: false }, (_event, name) =>
          onEvent(directory, name ?? undefined),
        );
        watcher.on('error', (error) => failed(directory, error));
        watchers.set(directory, watcher);
        blind.delete(directory);
      } catch (error) {
        failed(directory, error);
      }
    },
    drop,
    retain(directories) {
      for (const directory of [...watchers.keys(), ...blind])
        if (!directories.has(directory)) drop(directory);
    },
    isBlind: () => blind.size > 0,
    close() {
      for (const directory of [...watchers.keys()]) drop(directory);
    },
  };
}
