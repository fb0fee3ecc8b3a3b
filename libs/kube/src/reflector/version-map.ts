import { compareVersions, isOlder, newer } from './resource-version.ts';

/** Names and versions of the objects that somebody has been told of. */
export type VersionMap = {
  readonly size: number;
  /** The state up to which everything has been told; empty before the first list. */
  revision(): string;
  version(key: string): string | undefined;
  keys(): Iterable<string>;
  /** An object was created or changed. False: that is known already, or something newer is. */
  put(key: string, version: string): boolean;
  /** An object was deleted; `version` is that of the deletion. False: it is gone already, or has been made anew since. */
  remove(key: string, version: string): boolean;
  /** Everything up to this version has been told. */
  reached(version: string): void;
  /** Whoever was to be told of an object may not know: the next list is to tell again. */
  doubt(key: string): void;
  /** Takes over a complete list; answers the keys that are gone. */
  replace(listed: ReadonlyMap<string, string>, revision: string): readonly string[];
};

/**
 * Remembers versions, so that events that come twice, late or out of order do no harm: what counts for an object is
 * its newest version. Deletions are remembered until a bookmark says that nothing older can come.
 */
export function createVersionMap(): VersionMap {
  let held = new Map<string, string>();
  const deleted = new Map<string, string>();
  let revision = '';
  const isOutdated = (version: string, known: string | undefined): boolean =>
    known !== undefined && isOlder(version, known);
  return {
    get size() {
      return held.size;
    },
    revision: () => revision,
    version: (key) => held.get(key),
    keys: () => held.keys(),
    put(key, version) {
      revision = newer(version, revision);
      const known = held.get(key);
      if (known === version || isOutdated(version, known) || isOutdated(version, deleted.get(key)))
        return false;
      held.set(key, version);
      return true;
    },
    remove(key, version) {
      revision = newer(version, revision);
      if (isOutdated(version, held.get(key))) return false;
      const before = deleted.get(key);
      deleted.set(key, before === undefined ? version : newer(version, before));
      return held.delete(key);
    },
    reached(version) {
      revision = newer(version, revision);
      for (const [key, at] of deleted) {
        if ((compareVersions(at, version) ?? 0) <= 0) deleted.delete(key);
      }
    },
    doubt: (key) => void held.set(key, ''),
    replace(listed, at) {
      const gone = [...held.keys()].filter((key) => !listed.has(key));
      held = new Map(listed);
      deleted.clear();
      // A list may show an older state than the watch did before: after etcd was restored from a backup.
      revision = at;
      return gone;
    },
  };
}
