import type { Protocol } from './protocol.ts';

/**
 * A service as the mesh knows it, from a service entry (synthetic or written by a user).
 * One object per host: an entry with several hosts gives several services.
 */
export type Service = {
  /** Fully qualified, lower case, may be a wildcard such as `*.example.com`. */
  readonly host: string;
  readonly namespace: string;
  /** Short name for telemetry, e.g. `reviews`; the host itself for services outside the mesh. */
  readonly name: string;
  /** Virtual addresses: IP addresses or CIDR ranges; empty when the service has none. */
  readonly addresses: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly resolution: 'none' | 'static' | 'dns';
  readonly external: boolean;
  /** `*`, `.` or namespaces. */
  readonly exportTo: readonly string[];
  /** SPIFFE ids (or other SANs) that servers of this service present. */
  readonly subjectAltNames: readonly string[];
  readonly endpoints: readonly Endpoint[];
  readonly createTime: number;
  /** The object it came from, as `<collection>/<namespace>/<name>`, for provenance. */
  readonly source: string;
};

export type ServicePort = { readonly number: number; readonly name: string; readonly protocol: Protocol };

/** One instance of a service. */
export type Endpoint = {
  /** IP address, host name (resolution `dns`) or `unix:///path`. */
  readonly address: string;
  /**
   * Port of the instance by name of the service port; a port not named here is the service port itself. 0: the
   * instance does not serve that port.
   */
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: string;
  /** `region/zone/subzone`, empty when unknown. */
  readonly locality: string;
  /** 0 means not given. */
  readonly weight: number;
  /** SPIFFE id, empty when unknown. */
  readonly serviceAccount: string;
  /** Workload name and namespace, and the uid of the instance, for telemetry; empty when unknown. */
  readonly workload: { readonly name: string; readonly namespace: string; readonly uid: string };
};
