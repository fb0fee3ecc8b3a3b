import type { Labels, NativeEndpointSlice, NativeEndpoints } from '@quintet/model';
import { type BackendAddress, type BackendGroup, backendGroups } from './backend.ts';
import { type EndpointRecord, endpointRecord } from './endpoint-record.ts';
import { type NetworkTable, networkOf } from './network.ts';
import type { PodFacts } from './pod-facts.ts';
import { type PodReference, podName } from './pod-index.ts';

/** What is made of one slice, or of Endpoints, and what it was made from. */
export type Part = {
  readonly records: readonly EndpointRecord[];
  /** `address:port` of endpoints that take no traffic yet, or no more. */
  readonly notReady: readonly string[];
  /** The part is stale when one of these leads elsewhere. */
  readonly pods: readonly PodReference[];
  /** The part is stale when the locality of one of these changes. */
  readonly nodes: readonly string[];
};

/** Where the addresses of a part are looked up. */
export type PartWorld = {
  readonly cluster: string;
  /** Labels of endpoints whose pod nobody knows. */
  readonly labels: Labels;
  readonly awaitsPods: boolean;
  /** Names of the ports of the service that matter, that is without those that cannot be proxied. */
  readonly portNames: readonly string[];
  readonly publishNotReady: boolean;
  /** The address type to prefer where a service has endpoints of several: that of its first address. */
  readonly family: 'IPv4' | 'IPv6';
  readonly networks: NetworkTable;
  /** The network of the whole cluster where nothing else is said; may be empty. */
  readonly clusterNetwork: string;
  readonly facts: (reference: PodReference) => PodFacts | undefined;
  readonly localityOf: (nodeName: string) => string;
};

/** Makes the endpoints of a slice or of Endpoints. */
export function buildPart(object: NativeEndpointSlice | NativeEndpoints, world: PartWorld): Part {
  const records: EndpointRecord[] = [];
  const notReady: string[] = [];
  const pods: PodReference[] = [];
  const nodes = new Set<string>();
  for (const group of backendGroups(object)) {
    const ports = portsOf(group, world.portNames);
    if (ports === undefined) continue;
    for (const each of group.addresses) {
      if (!each.ready && !world.publishNotReady) {
        notReady.push(hostPort(each.address, group.ports[0]?.port ?? 0));
        continue;
      }
      const reference = referenceTo(each, object.namespace);
      const facts = world.facts(reference);
      pods.push(reference);
      if (facts === undefined && world.awaitsPods && each.target?.kind === 'Pod') continue;
      const nodeName = each.nodeName || (facts?.nodeName ?? '');
      if (nodeName !== '') nodes.add(nodeName);
      records.push(recordOf(each, { ports, facts, nodeName, world }));
    }
  }
  return { records, notReady, pods, nodes: [...nodes] };
}

function recordOf(
  { address }: BackendAddress,
  from: {
    readonly ports: Readonly<Record<string, number>>;
    readonly facts: PodFacts | undefined;
    readonly nodeName: string;
    readonly world: PartWorld;
  },
): EndpointRecord {
  const { ports, facts, nodeName, world } = from;
  const network = facts?.network || networkOf(world.networks, address, world.cluster) || world.clusterNetwork;
  const locality = facts?.locality || (nodeName === '' ? '' : world.localityOf(nodeName));
  return endpointRecord(
    {
      ...{ address, ports, network, locality },
      labels: facts?.labels ?? world.labels,
      serviceAccount: facts?.serviceAccount ?? '',
    },
    facts?.identity ?? '',
  );
}

/** Ports by name, 0 for those that the group does not serve; undefined when it serves none. */
function portsOf(
  { ports }: BackendGroup,
  names: readonly string[],
): Readonly<Record<string, number>> | undefined {
  const numbers = new Map(ports.map(({ name, port }) => [name, port]));
  const found = names.map((name): [string, number] => [name, numbers.get(name) ?? 0]);
  if (names.length > 0 && found.every(([, port]) => port === 0)) return undefined;
  return Object.freeze(Object.fromEntries(found));
}

function referenceTo({ address, target }: BackendAddress, namespace: string): PodReference {
  if (target?.kind !== 'Pod') return address;
  return podName(target.namespace || namespace, target.name);
}

function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
