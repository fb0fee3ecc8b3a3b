import { serviceAddresses } from '../mesh/addresses.ts';
import type { MeshSpec } from '../mesh/mesh-spec.ts';
import type { PlacedMesh } from '../mesh/placed-mesh.ts';

/** In a container the loopback addresses are its own: an application calls its sidecar at the second of them. */
const OUTBOUND_ADDRESS = '127.0.0.2';

/**
 * A mesh in containers on a network of two numbers, `172.28`. Services and workloads have the last two parts of the
 * addresses that they have in a local mesh; applications listen on their ports, in the container of their sidecar.
 */
export function placeInContainers(name: string, spec: MeshSpec, network: string): PlacedMesh {
  const workloads = spec.workloads.map((workload, index) => ({
    spec: workload,
    id: `${workload.name}.${workload.namespace}`,
    address: `${network}.1.${index + 1}`,
    outboundAddress: OUTBOUND_ADDRESS,
    applicationPorts:
      workload.kind === 'application'
        ? workload.ports.map((port) => ({ ...port, localPort: port.number }))
        : [],
  }));
  return { name, spec, addresses: serviceAddresses(network), workloads };
}
