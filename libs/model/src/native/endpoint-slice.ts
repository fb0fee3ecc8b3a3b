import type { EndpointPort, EndpointTarget } from './endpoints.ts';
import type { NativeMeta } from './meta.ts';

/** A part of the endpoints of a Service. */
export type NativeEndpointSlice = NativeMeta & {
  readonly kind: 'EndpointSlice';
  readonly spec: EndpointSliceSpec;
};

export type EndpointSliceSpec = {
  /** Name of the Service, in the slice's namespace; empty when the slice belongs to none. */
  readonly serviceName: string;
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly addressType: string;
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly EndpointPort[];
};

export type SliceEndpoint = {
  readonly addresses: readonly string[];
  /** Takes traffic. True when the slice does not say. */
  readonly ready: boolean;
  /** Could take traffic, even while it is terminating. `ready` when the slice does not say. */
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Empty when not given. */
  readonly hostname: string;
  /** Empty when not given. */
  readonly nodeName: string;
  /** Empty when not given. */
  readonly zone: string;
  readonly target?: EndpointTarget;
};
