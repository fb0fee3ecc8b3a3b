import type { NativeMeta } from './meta.ts';

/** The endpoints of a Service in one object, as Kubernetes kept them before slices. */
export type NativeEndpoints = NativeMeta & {
  readonly kind: 'Endpoints';
  readonly spec: { readonly subsets: readonly EndpointSubset[] };
};

/** Every address of a subset has every port of it. */
export type EndpointSubset = {
  readonly addresses: readonly EndpointAddress[];
  readonly notReadyAddresses: readonly EndpointAddress[];
  readonly ports: readonly EndpointPort[];
};

export type EndpointAddress = {
  readonly ip: string;
  /** Empty when not given. */
  readonly hostname: string;
  /** Empty when not given. */
  readonly nodeName: string;
  readonly target?: EndpointTarget;
};

/** The object behind an address, nearly always a Pod. */
export type EndpointTarget = { readonly kind: string; readonly namespace: string; readonly name: string };

export type EndpointPort = {
  /** The name of the service's port; empty when it has none. */
  readonly name: string;
  readonly port: number;
  readonly transport: string;
  /** Empty when not given. */
  readonly appProtocol: string;
};
