import type { Origin } from '../issue.ts';
import type { Labels } from '../labels.ts';

/** What every Kubernetes object that we read has, whatever its kind. */
export type NativeMeta = {
  /** As written, e.g. `v1` or `discovery.k8s.io/v1`. */
  readonly apiVersion: string;
  /** Empty for objects of cluster scope. */
  readonly namespace: string;
  readonly name: string;
  /** Empty when the source gives none. */
  readonly uid: string;
  /** The resourceVersion; made from the content for objects of files. Equal versions of one uid mean equal content. */
  readonly version: string;
  /** Milliseconds since 1970; 0 when unknown. */
  readonly createTime: number;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generation?: number;
  readonly ownerReferences: readonly OwnerReference[];
  /** True from the moment that the object is marked for deletion. */
  readonly deleting: boolean;
  readonly origin?: Origin;
};

/** Who made an object, such as the ReplicaSet of a pod. */
export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** True for the one owner that manages the object. */
  readonly controller: boolean;
};
