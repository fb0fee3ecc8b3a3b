import type { ConfigObject } from '@quintet/model';
import type { Resources } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { isPartVersion } from './part-version.ts';

/** What a sink knows about one collection. */
export type SinkCollection = {
  /** What it has told the source that it has: version by name. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Changes that were acknowledged and wait for the rest of their snapshot. */
  readonly staged: StagedChanges;
  /** False until the first whole snapshot was applied. */
  readonly synced: boolean;
  readonly version: string;
};

export type StagedChanges = {
  readonly updated: ReadonlyMap<string, ConfigObject>;
  readonly removed: ReadonlySet<string>;
};

/** A change of one collection, to be applied as a whole. */
export type CollectionChange = {
  readonly collection: string;
  /** The version of the source's snapshot. */
  readonly version: string;
  /** True when `updated` is everything there is: what is not in it is gone. */
  readonly full: boolean;
  /** Objects that are new or changed. */
  readonly updated: readonly ConfigObject[];
  /** Names (`namespace/name`, or `name`) that are gone. Empty when `full`. */
  readonly removed: readonly string[];
};

export const NOTHING_STAGED: StagedChanges = { updated: new Map(), removed: new Set() };

/** A collection of which nothing is known yet. */
export const EMPTY_COLLECTION: SinkCollection = {
  acknowledged: new Map(),
  staged: NOTHING_STAGED,
  synced: false,
  version: '',
};

/** A response read: its objects by name. */
export type ReadResponse = {
  readonly response: Resources;
  readonly objects: ReadonlyMap<string, ConfigObject>;
};

/**
 * Decides what a response changes. `change` is absent while more responses belong to the same snapshot; those changes are staged, so that a snapshot is applied as a whole. `next` holds once the change
 * was applied; if that fails, the collection stays as it was before the response.
 */
export function decideResponse(
  state: SinkCollection,
  { response, objects }: ReadResponse,
): { readonly next: SinkCollection; readonly change?: CollectionChange } {
  const { collection, systemVersionInfo: version } = response;
  if (!response.incremental) {
    const acknowledged = new Map([...objects].map(([name, object]) => [name, object.version]));
    const change = { collection, version, full: true, updated: [...objects.values()], removed: [] };
    return { next: { acknowledged, staged: NOTHING_STAGED, synced: true, version }, change };
  }
  const staged = stage(state.staged, response.removedResources, objects);
  const acknowledged = new Map(state.acknowledged);
  for (const name of response.removedResources) acknowledged.delete(name);
  for (const [name, object] of objects) acknowledged.set(name, object.version);
  if (isPartVersion(version)) return { next: { ...state, acknowledged, staged } };
  const change = {
    collection,
    version,
    full: false,
    updated: [...staged.updated.values()],
    removed: [...staged.removed],
  };
  return { next: { acknowledged, staged: NOTHING_STAGED, synced: true, version }, change };
}

function stage(
  staged: StagedChanges,
  removedNames: readonly string[],
  objects: ReadonlyMap<string, ConfigObject>,
): StagedChanges {
  const updated = new Map(staged.updated);
  const removed = new Set(staged.removed);
  for (const name of removedNames) {
    updated.delete(name);
    removed.add(name);
  }
  for (const [name, object] of objects) {
    updated.set(name, object);
    removed.delete(name);
  }
  return { updated, removed };
}
