import { formatNodeId } from '@quintet/proxy';
import { controlPlaneOf } from '../mesh/control-plane.ts';
import type { MeshPaths } from '../mesh/mesh-paths.ts';
import type { MeshState } from '../mesh/mesh-state.ts';
import type { LocalMesh, PlacedMesh } from '../mesh/placed-mesh.ts';
import { NATS_PORT } from './nats-files.ts';
import { proxyNode } from './workload-processes.ts';

export type DescribeOptions = {
  readonly mesh: LocalMesh;
  readonly paths: MeshPaths;
  readonly debugToken: string;
  /** Of the `up` that runs the mesh. */
  readonly pid: number;
  readonly configFolder: string;
};

/** What `mesh.json` tells the other commands. */
export function meshState({ mesh, paths, debugToken, pid, configFolder }: DescribeOptions): MeshState {
  const { block, ...addresses } = mesh.addresses;
  return {
    name: mesh.name,
    pid,
    block,
    folder: paths.folder,
    config: configFolder,
    domain: mesh.spec.domain,
    addresses,
    services: controlPlaneOf(mesh.spec),
    debugToken,
    nats: { address: `${addresses.nats}:${NATS_PORT}`, seedFile: paths.busSeed('cli') },
    page: pageUrl(mesh),
    workloads: mesh.workloads.map((workload) => ({
      name: workload.spec.name,
      namespace: workload.spec.namespace,
      kind: workload.spec.kind,
      address: workload.address,
      outboundAddress: workload.outboundAddress,
      nodeId: formatNodeId(proxyNode(mesh, workload)),
      adminSocket: paths.proxy(workload.id).adminSocket,
    })),
  };
}

/** Address of the page through the first gateway; empty in a mesh that shows none. */
export function pageUrl({ spec, workloads }: PlacedMesh): string {
  const gateway = workloads.find(({ spec: { kind, ports } }) => kind === 'gateway' && ports.length > 0);
  const [port] = gateway?.spec.ports ?? [];
  if (spec.page === '' || gateway === undefined || port === undefined) return '';
  return `http://${gateway.address}:${port.number}${spec.page}`;
}
