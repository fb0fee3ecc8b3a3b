import type { JsonValue } from '@bufbuild/protobuf';
import type { ConfigObject, Issue, NativeObject, Origin, ResourceRef } from '@quintet/model';
import type { Component, HealthResult } from '@quintet/runtime';

/** An object of configuration as a source has it now. */
export type ConfigItem = {
  readonly kind: 'config';
  /** `resourceKey` of `resource`. */
  readonly key: string;
  readonly resource: ResourceRef;
  /** Where the present text stands. */
  readonly origin: Origin;
  /** Absent when the text is wrong or cannot be read: then the last good version stays. */
  readonly object?: ConfigObject;
  /** What is wrong with the present text, and warnings about it. */
  readonly issues: readonly Issue[];
  /** Present for an object of the local cluster: its status is written back. */
  readonly observed?: ObservedObject;
};

/** What the API server says about an object of configuration besides its content. */
export type ObservedObject = {
  /** The version that it was read in, `networking.istio.io/v1beta1`. */
  readonly apiVersion: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Counts the changes of everything but metadata and status. */
  readonly generation: number;
  readonly status: JsonValue | undefined;
};

/** An object of Kubernetes as a source has it now. */
export type NativeItem = {
  readonly kind: 'native';
  /** `nativeKey` of `object`: unique within the source only. */
  readonly key: string;
  readonly object: NativeObject;
};

export type SourceItem = ConfigItem | NativeItem;

/** What a source hands over at once, after it has waited for quiet. */
export type SourceBatch = {
  /** Name of the source, as in the list that the store was made with: `files`, `kube`, `kube/east`, `mcp`. */
  readonly source: string;
  /** True from the batch on with which the first complete set of the source is handed over. */
  readonly synced: boolean;
  /** New and changed objects. */
  readonly put: readonly SourceItem[];
  /** Keys of objects that the source has no longer. */
  readonly removed: readonly string[];
  /** If present, all issues of the source that belong to no object, in place of those before. */
  readonly issues?: readonly Issue[];
};

/**
 * Where objects come from. It hands over batches from its start to its stop, by the `onBatch` that it was made with.
 * `health` is asked at any time: failed until the first complete set was handed over, and saying what it waits for;
 * degraded when the source is away.
 */
export type Source = Component & { health(): HealthResult };

/** What every source is made with. */
export type SourceOptions = { readonly onBatch: (batch: SourceBatch) => void };
