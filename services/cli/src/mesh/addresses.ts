/** Addresses of one mesh: all in 127.<block>.0.0/16, so that meshes stand side by side on their classic ports. */
export type MeshAddresses = {
  readonly block: number;
  /** Held by `up` itself as long as the mesh runs: whoever has it has the block. */
  readonly owner: string;
  readonly citadel: string;
  readonly galley: string;
  readonly pilot: string;
  readonly mixer: string;
  readonly injector: string;
  readonly nodeagent: string;
  readonly nats: string;
};

/** Blocks are taken from here upwards; below lie addresses that other programs like. */
export const FIRST_BLOCK = 20;
export const LAST_BLOCK = 119;

/** Port on which `up` holds the block. */
export const OWNER_PORT = 15_010;

export function meshAddresses(block: number): MeshAddresses {
  const host = (last: number): string => `127.${block}.0.${last}`;
  return {
    block,
    owner: host(1),
    citadel: host(2),
    galley: host(3),
    pilot: host(4),
    mixer: host(5),
    injector: host(6),
    nodeagent: host(7),
    nats: host(8),
  };
}

/** Address of a workload: its sidecar listens here, and its connections come from here. `index` counts from 0. */
export function workloadAddress(block: number, index: number): string {
  return `127.${block}.1.${index + 1}`;
}

/** Address at which a workload reaches the services: its sidecar's outbound listeners. `index` counts from 0. */
export function outboundAddress(block: number, index: number): string {
  return `127.${block}.2.${index + 1}`;
}
