/** Where the processes of a control plane are. */
export type ServiceAddresses = {
  readonly citadel: string;
  readonly galley: string;
  readonly pilot: string;
  readonly mixer: string;
  readonly injector: string;
  readonly nodeagent: string;
  readonly nats: string;
};

/** Addresses of one mesh: all in 127.<block>.0.0/16, so that meshes stand side by side on their classic ports. */
export type MeshAddresses = ServiceAddresses & {
  readonly block: number;
  /** Held by `up` itself as long as the mesh runs: whoever has it has the block. */
  readonly owner: string;
};

/** Blocks are taken from here upwards; below lie addresses that other programs like. */
export const FIRST_BLOCK = 20;
export const LAST_BLOCK = 119;

/** Port on which `up` holds the block. */
export const OWNER_PORT = 15_010;

export function meshAddresses(block: number): MeshAddresses {
  const network = `127.${block}`;
  return { block, owner: `${network}.0.1`, ...serviceAddresses(network) };
}

/** The addresses of a control plane in a network of two numbers, `127.20`. */
export function serviceAddresses(network: string): ServiceAddresses {
  const host = (last: number): string => `${network}.0.${last}`;
  return {
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
