import type { NativeMeta } from './meta.ts';

/** A Node. Region, zone and network are labels. */
export type NativeNode = NativeMeta & {
  readonly kind: 'Node';
  readonly spec: { readonly addresses: readonly NodeAddress[] };
};

export type NodeAddress = {
  /** `InternalIP`, `ExternalIP`, `Hostname`, `InternalDNS` or `ExternalDNS`. */
  readonly type: string;
  readonly address: string;
};

/** A Namespace. */
export type NativeNamespace = NativeMeta & {
  readonly kind: 'Namespace';
  /** `phase` is `Active` or `Terminating`, empty when not given. */
  readonly spec: { readonly phase: string };
};
