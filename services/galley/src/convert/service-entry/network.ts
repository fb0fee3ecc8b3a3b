import { type IpRange, parseCidr, parseIp, rangeContains } from '@quintet/model';
import type { MeshNetworks } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';

/** Label of a pod, or of the root namespace for a whole cluster. */
export const NETWORK_LABEL = 'topology.istio.io/network';

/** The networks of a mesh, made ready to ask about addresses. */
export type NetworkTable = {
  /** Longest prefix first. */
  readonly ranges: readonly { readonly network: string; readonly range: IpRange }[];
  /** Network by cluster id. */
  readonly registries: ReadonlyMap<string, string>;
};

/** Where two networks claim the same, the first by name has it. */
export function networkTable(networks: MeshNetworks | undefined): NetworkTable {
  const ranges: { network: string; range: IpRange }[] = [];
  const registries = new Map<string, string>();
  for (const [network, { endpoints }] of Object.entries(networks?.networks ?? {}).toSorted(byName)) {
    for (const { ne } of endpoints) {
      if (ne.case === 'fromRegistry' && !registries.has(ne.value)) registries.set(ne.value, network);
      const range = ne.case === 'fromCidr' ? parseCidr(ne.value) : undefined;
      if (range !== undefined) ranges.push({ network, range });
    }
  }
  return { ranges: ranges.toSorted((a, b) => b.range.length - a.range.length), registries };
}

/** The network of an address: by the narrowest range that has it, else by its cluster; empty when unknown. */
export function networkOf(table: NetworkTable, address: string, cluster: string): string {
  const ip = table.ranges.length === 0 ? undefined : parseIp(address);
  const found = ip && table.ranges.find(({ range }) => rangeContains(range, ip));
  return found?.network ?? table.registries.get(cluster) ?? '';
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
