import type { ConfigObject, Issue, NativeChange, Origin, ResourceRef } from '@quintet/model';

/** One object of configuration that galley knows of. */
export type Entry = {
  readonly resource: ResourceRef;
  /** Name of the source that the object comes from. */
  readonly source: string;
  /**
   * `applied`: the object as the source has it is handed out. `held`: it has errors, its last good version is handed
   * out. `rejected`: it has errors and there was never a good version.
   */
  readonly state: 'applied' | 'held' | 'rejected';
  /** What is handed out. */
  readonly object?: ConfigObject;
  /** Where the present text stands; for a held object in an unreadable file, where the good one stood. */
  readonly origin: Origin;
  /** What is wrong with the present text, and warnings about it. */
  readonly issues: readonly Issue[];
};

/**
 * What is worth telling of an object: applied (new, changed, or good again), rejected (new errors), or removed. An
 * object whose errors are the same as before is not told of again, one that only moved in its file neither.
 */
export type EntryChange = { readonly kind: 'applied' | 'rejected' | 'removed'; readonly entry: Entry };

/** A change of what is handed out: `after` alone is new, `before` alone is gone. */
export type ConfigChange = { readonly before?: ConfigObject; readonly after?: ConfigObject };

/** What came of taking a batch. */
export type StoreChange = {
  /** What became of the objects that people wrote. */
  readonly told: readonly EntryChange[];
  /** Issues that belong to no object and were not there before. */
  readonly newIssues: readonly Issue[];
  /** What is handed out differently, derived objects included. Empty before the first complete set. */
  readonly config: readonly ConfigChange[];
  /** Changed objects of Kubernetes. Told before the first complete set too. */
  readonly native: readonly NativeChange[];
  /** True once: with the first complete set, when `config` is everything there is. */
  readonly first: boolean;
};
