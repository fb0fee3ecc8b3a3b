import { type FSWatcher, watch } from 'node:fs';

/** Watches a changing set of directories. */
export type DirectoryWatch = {
  /** Watches exactly these. Directories that cannot be watched are left to the regular look. */
  follow(directories: ReadonlySet<string>): void;
  close(): void;
};

/** Calls back when something in one of the directories may have changed. What changed is for the caller to find out. */
export function watchDirectories(onChange: () => void): DirectoryWatch {
  const watchers = new Map<string, FSWatcher>();
  const drop = (directory: string): void => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  };
  const open = (directory: string): void => {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => {
        // A directory that was moved or replaced reports itself: its watcher is deaf from then on.
        if (name !== null && directory.endsWith(`/${name}`)) drop(directory);
        onChange();
      });
      watcher.on('error', () => drop(directory));
      watchers.set(directory, watcher);
    } catch {
      // Not there, or no more watches: the regular look finds what changes in it.
    }
  };
  return {
    follow(directories) {
      for (const directory of [...watchers.keys()]) if (!directories.has(directory)) drop(directory);
      for (const directory of directories) if (!watchers.has(directory)) open(directory);
    },
    close() {
      for (const directory of [...watchers.keys()]) drop(directory);
    },
  };
}
