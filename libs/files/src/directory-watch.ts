import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Directories to watch: all that happens in one, or what happens to some names in it. */
export type Watched = ReadonlyMap<string, 'all' | ReadonlySet<string>>;

/** Watches a changing set of directories. */
export type DirectoryWatch = {
  /**
   * Watches exactly these. Directories that cannot be watched are left to the regular look. True when a watch began:
   * what happened in that directory just before it was not seen.
   */
  follow(watched: Watched): boolean;
  close(): void;
};

/** Calls back when something that is watched may have changed. What changed is for the caller to find out. */
export function watchDirectories(onChange: () => void): DirectoryWatch {
  const watchers = new Map<string, FSWatcher>();
  let followed: Watched = new Map();
  const drop = (directory: string): void => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  };
  const happened = (directory: string, name: string | null): void => {
    // A directory that was moved or replaced, or a link that leads elsewhere now: its watcher is deaf from then on.
    if (name !== null && directory.endsWith(`/${name}`)) drop(directory);
    if (name !== null) drop(join(directory, name));
    const names = followed.get(directory);
    if (name === null || names === 'all' || names?.has(name)) onChange();
  };
  const open = (directory: string): void => {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => happened(directory, name));
      watcher.on('error', () => drop(directory));
      watchers.set(directory, watcher);
    } catch {
      // Not there, or no more watches: the regular look finds what changes in it.
    }
  };
  return {
    follow(watched) {
      followed = watched;
      for (const directory of [...watchers.keys()]) if (!watched.has(directory)) drop(directory);
      const before = new Set(watchers.keys());
      for (const directory of watched.keys()) if (!before.has(directory)) open(directory);
      return [...watchers.keys()].some((directory) => !before.has(directory));
    },
    close() {
      for (const directory of [...watchers.keys()]) drop(directory);
    },
  };
}
