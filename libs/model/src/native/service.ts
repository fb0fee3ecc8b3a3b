import type { Labels } from '../labels.ts';
import type { NativeMeta } from './meta.ts';

/** A Service of Kubernetes. */
export type NativeService = NativeMeta & { readonly kind: 'Service'; readonly spec: ServiceSpec };

export type ServiceSpec = {
  /** `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`. */
  readonly type: string;
  /** All addresses of the service, one for each IP family; empty for headless services and external names. */
  readonly clusterIPs: readonly string[];
  /** True when the Service asks for no address: `clusterIP: None`. */
  readonly headless: boolean;
  /** The name that an `ExternalName` service stands for; empty for others. */
  readonly externalName: string;
  readonly externalIPs: readonly string[];
  /** Addresses and names that a load balancer gave, from `status`. */
  readonly loadBalancerAddresses: readonly string[];
  readonly ports: readonly NativeServicePort[];
  /** Absent when the endpoints are made by hand. */
  readonly selector?: Labels;
  readonly publishNotReadyAddresses: boolean;
  /** `None` or `ClientIP`. */
  readonly sessionAffinity: string;
};

export type NativeServicePort = {
  /** Empty when the only port has none. */
  readonly name: string;
  readonly port: number;
  /** `TCP`, `UDP` or `SCTP`. */
  readonly transport: string;
  /** Empty when not given. */
  readonly appProtocol: string;
  /** A number, the name of a container port, or absent: the same as `port`. */
  readonly targetPort?: number | string;
  /** 0 when there is none. */
  readonly nodePort: number;
};
