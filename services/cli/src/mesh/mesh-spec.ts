/** What runs in a local mesh: the content of `mesh.yaml`, read and checked. */
export type MeshSpec = {
  /** DNS domain of the services, `cluster.local`. */
  readonly domain: string;
  readonly trustDomain: string;
  /** Path of the page to open, asked of the first gateway; empty when there is nothing to see. */
  readonly page: string;
  readonly services: readonly ServiceSpec[];
  readonly workloads: readonly WorkloadSpec[];
  /** Services of the control plane that this mesh does without. */
  readonly without: readonly OptionalService[];
  /** Further flags for services of the control plane, by service: `pilot: [--log_output_level=debug]`. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
};

/** What a mesh can do without: then nobody decides or counts, or nobody injects. */
export const OPTIONAL_SERVICES = ['mixer', 'injector'] as const;

export type OptionalService = (typeof OPTIONAL_SERVICES)[number];

/** A service, as in Kubernetes: a name for all workloads that carry its labels. */
export type ServiceSpec = {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly PortSpec[];
};

export type PortSpec = {
  /** Its prefix says the protocol, as everywhere in the mesh: `http`, `http2-admin`, `tcp-db`. */
  readonly name: string;
  readonly number: number;
};

export type WorkloadSpec = {
  /** A gateway is an Envoy of its own, without an application behind it. */
  readonly kind: 'application' | 'gateway';
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of the workload's own address. */
  readonly ports: readonly PortSpec[];
  /** Program and arguments of the application; empty for gateways. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};
