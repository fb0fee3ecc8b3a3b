import type { Manifest } from './generate-services.ts';
import type { PortSpec } from './mesh-spec.ts';
import { type PlacedMesh, type PlacedWorkload, WORKLOAD_LABEL } from './placed-mesh.ts';
import { portProtocol } from './port-protocol.ts';

/**
 * One Sidecar an application: without traffic capture a proxy has to be told where to listen. Inbound that is the
 * workload's own address, outbound its second one, with a listener for every port that any service has.
 */
export function generateSidecars(mesh: PlacedMesh): Manifest[] {
  const egressPorts = distinctPorts(mesh.spec.services.flatMap(({ ports }) => ports));
  return mesh.workloads
    .filter(({ spec }) => spec.kind === 'application')
    .map((workload) => sidecar(workload, egressPorts));
}

function sidecar(workload: PlacedWorkload, egressPorts: readonly PortSpec[]): Manifest {
  const { spec, id, address, outboundAddress, applicationPorts } = workload;
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'Sidecar',
    metadata: { name: spec.name, namespace: spec.namespace },
    spec: {
      workloadSelector: { labels: { [WORKLOAD_LABEL]: id } },
      ingress: applicationPorts.map((port) => ({
        port: portOf(port),
        bind: address,
        captureMode: 'NONE',
        defaultEndpoint: `127.0.0.1:${port.localPort}`,
      })),
      egress: egressPorts.map((port) => ({
        port: portOf(port),
        bind: outboundAddress,
        captureMode: 'NONE',
        hosts: ['*/*'],
      })),
    },
  };
}

function portOf(port: PortSpec) {
  return { number: port.number, protocol: portProtocol(port).toUpperCase(), name: port.name };
}

/** One port a number: services that share a number are all HTTP, and one listener serves them. */
function distinctPorts(ports: readonly PortSpec[]): PortSpec[] {
  const byNumber = new Map(ports.map((port) => [port.number, port]));
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}
