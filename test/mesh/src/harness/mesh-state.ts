import { readFileSync } from 'node:fs';
import { field, list, number, text } from './json.ts';

/** What `mesh.json` says of a running mesh, as far as tests need it. */
export type MeshState = {
  readonly name: string;
  readonly pid: number;
  readonly block: number;
  readonly folder: string;
  readonly config: string;
  readonly page: string;
  readonly debugToken: string;
  readonly services: readonly string[];
  readonly addresses: Readonly<Record<string, string>>;
  readonly workloads: readonly Workload[];
};

export type Workload = {
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  /** Its sidecar's inbound listeners, and the source of its calls. */
  readonly address: string;
  /** Its sidecar's outbound listeners. */
  readonly outboundAddress: string;
  readonly nodeId: string;
  readonly adminSocket: string;
};

export function readMeshState(path: string): MeshState {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const addresses = Object.entries(field(value, 'addresses') ?? {});
  return {
    name: text(value, 'name'),
    pid: number(value, 'pid'),
    block: number(value, 'block'),
    folder: text(value, 'folder'),
    config: text(value, 'config'),
    page: text(value, 'page'),
    debugToken: text(value, 'debugToken'),
    services: list(field(value, 'services')).map(String),
    addresses: Object.fromEntries(addresses.map(([name, address]) => [name, String(address)])),
    workloads: list(field(value, 'workloads')).map((workload) => ({
      name: text(workload, 'name'),
      namespace: text(workload, 'namespace'),
      kind: text(workload, 'kind'),
      address: text(workload, 'address'),
      outboundAddress: text(workload, 'outboundAddress'),
      nodeId: text(workload, 'nodeId'),
      adminSocket: text(workload, 'adminSocket'),
    })),
  };
}
