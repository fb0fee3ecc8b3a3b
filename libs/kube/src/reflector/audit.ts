import { isOlder } from './resource-version.ts';
import type { VersionMap } from './version-map.ts';

/** A fresh list of names and versions, and the state that it shows. */
export type FreshList = { readonly versions: ReadonlyMap<string, string>; readonly revision: string };

/**
 * What is known compared with a fresh list: keys whose listed version has not been told, and keys that are gone and
 * whose deletion has not been told.
 */
export function findDifferences(known: VersionMap, fresh: FreshList): ReadonlySet<string> {
  const different = new Set<string>();
  for (const [key, listed] of fresh.versions) {
    const version = known.version(key);
    if (version === undefined || isOlder(version, listed)) different.add(key);
  }
  for (const key of known.keys()) {
    // What is newer than the list was made since.
    if (!fresh.versions.has(key) && !isOlder(fresh.revision, known.version(key) ?? '')) different.add(key);
  }
  return different;
}

export type AuditOptions = {
  readonly known: VersionMap;
  /** Makes a fresh list. */
  readonly list: () => Promise<FreshList>;
  /** Waits until events that are on their way have come. */
  readonly grace: () => Promise<void>;
};

/**
 * The keys of objects that the watch has lost. An event may just be late, and an object may be deleted between list and
 * comparison: lost is what differs from a list for the whole time of grace, and from a second list after it.
 */
export async function findLost({ known, list, grace }: AuditOptions): Promise<readonly string[]> {
  const first = await list();
  if (findDifferences(known, first).size === 0) return [];
  await grace();
  const still = findDifferences(known, first);
  if (still.size === 0) return [];
  const again = findDifferences(known, await list());
  return [...still].filter((key) => again.has(key));
}
