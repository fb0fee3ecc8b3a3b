import {
  type MeshAddresses,
  meshAddresses,
  outboundAddress,
  type ServiceAddresses,
  workloadAddress,
} from './addresses.ts';
import type { MeshSpec, PortSpec, WorkloadSpec } from './mesh-spec.ts';

/** A mesh with its place. */
export type PlacedMesh = {
  readonly name: string;
  readonly spec: MeshSpec;
  readonly addresses: ServiceAddresses;
  readonly workloads: readonly PlacedWorkload[];
};

/** A mesh with its place on this machine. */
export type LocalMesh = PlacedMesh & { readonly addresses: MeshAddresses };

export type PlacedWorkload = {
  readonly spec: WorkloadSpec;
  /** `name.namespace`, unique in the mesh: folder, log file and label of the workload. */
  readonly id: string;
  readonly address: string;
  readonly outboundAddress: string;
  /** Where the application listens, on 127.0.0.1; as many as `spec.ports`, none for a gateway. */
  readonly applicationPorts: readonly ApplicationPort[];
};

export type ApplicationPort = PortSpec & { readonly localPort: number };

/** Label that the sidecar of exactly one workload carries, so that its Sidecar object selects it alone. */
export const WORKLOAD_LABEL = 'quintet.io/workload';

/** How many local ports the applications of a mesh need. */
export function applicationPortCount({ workloads }: MeshSpec): number {
  return workloads.reduce((count, { kind, ports }) => count + (kind === 'application' ? ports.length : 0), 0);
}

/** Gives every workload its addresses and ports. `localPorts` are free ports, `applicationPortCount` of them. */
export function placeMesh(
  name: string,
  spec: MeshSpec,
  place: { readonly block: number; readonly localPorts: readonly number[] },
): LocalMesh {
  const free = place.localPorts.values();
  const workloads = spec.workloads.map((workload, index): PlacedWorkload => {
    const ports = workload.kind === 'application' ? workload.ports : [];
    return {
      spec: workload,
      id: `${workload.name}.${workload.namespace}`,
      address: workloadAddress(place.block, index),
      outboundAddress: outboundAddress(place.block, index),
      applicationPorts: ports.map((port) => ({ ...port, localPort: takePort(free) })),
    };
  });
  return { name, spec, addresses: meshAddresses(place.block), workloads };
}

function takePort(free: Iterator<number>): number {
  const next = free.next();
  if (next.done === true) throw new RangeError('fewer local ports than applications need');
  return next.value;
}
