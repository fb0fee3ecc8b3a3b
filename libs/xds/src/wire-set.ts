/** A resource that another one cannot work without: a route's cluster, a listener's route table. */
export type Need = { readonly type: string; readonly name: string };

/**
 * One xDS resource, encoded once and shared by every stream that sees it. Immutable.
 */
export type WireResource = {
  readonly name: string;
  /** Content hash: equal versions of one name mean equal bytes. */
  readonly version: string;
  /** A serialised `google.protobuf.Any`, deterministic. */
  readonly bytes: Uint8Array;
  /**
   * What the resource names: listeners and routes their clusters, listeners their route tables, clusters
   * their endpoints. Decides what has to be there before it is sent and may go only after it.
   */
  readonly needs: readonly Need[];
};

/** All resources of one type that one client may see, by name. */
export type WireType = {
  /** Hash over names and versions of the resources; equal versions mean equal content. */
  readonly version: string;
  readonly resources: ReadonlyMap<string, WireResource>;
};

/** Everything one client may see, by type URL. A type that is absent has no resources. */
export type WireSet = ReadonlyMap<string, WireType>;
