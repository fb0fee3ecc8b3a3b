import type { NativeConfigMap, NativeSecret } from './data.ts';
import type { NativeEndpointSlice } from './endpoint-slice.ts';
import type { NativeEndpoints } from './endpoints.ts';
import type { NativeIngress, NativeIngressClass } from './ingress.ts';
import type { NativeNamespace, NativeNode } from './node.ts';
import type { NativeDeployment, NativePod } from './pod.ts';
import type { NativeService } from './service.ts';

/**
 * One object of Kubernetes in memory, with what we use of it and nothing more. Told apart by `kind`; what only that
 * kind has is in `spec`, parts of `status` and `data` too. Never changed: a change is a new object.
 */
export type NativeObject =
  | NativeService
  | NativeEndpoints
  | NativeEndpointSlice
  | NativePod
  | NativeNode
  | NativeNamespace
  | NativeIngress
  | NativeIngressClass
  | NativeDeployment
  | NativeSecret
  | NativeConfigMap;

/** A kind of Kubernetes that we read. */
export type NativeKind = NativeObject['kind'];

/** The objects of one kind. */
export type NativeOf<Kind extends NativeKind> = Extract<NativeObject, { readonly kind: Kind }>;

/** A change of one object in one source: `after` alone is new, `before` alone is gone. */
export type NativeChange = {
  /** Name of the source, e.g. `files`, `kube`, `kube/east`. */
  readonly source: string;
  readonly before?: NativeObject;
  readonly after?: NativeObject;
};

/** Identifies an object among those of one source, as `kind/namespace/name`. */
export function nativeKey(object: Pick<NativeObject, 'kind' | 'namespace' | 'name'>): string {
  return `${object.kind}/${object.namespace}/${object.name}`;
}
