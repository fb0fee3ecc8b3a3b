import { create } from '@bufbuild/protobuf';
import type { Labels } from '@quintet/model';
import {
  type ServiceEntry_Endpoint,
  ServiceEntry_EndpointSchema,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { contentHash } from '../content-hash.ts';

/** An endpoint ready to be put into an entry. */
export type EndpointRecord = {
  readonly message: ServiceEntry_Endpoint;
  /** SPIFFE id; empty when unknown. */
  readonly identity: string;
  /** Equal digests mean equal messages. */
  readonly digest: string;
};

export type EndpointParts = {
  readonly address: string;
  /** Port by name of the service's port; 0 where the endpoint does not serve it. Not changed afterwards. */
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: Labels;
  /** Empty when a label says it, or nobody knows. */
  readonly serviceAccount: string;
  readonly network: string;
  readonly locality: string;
};

/** Makes a record; ports and labels are frozen, not copied. */
export function endpointRecord(parts: EndpointParts, identity: string): EndpointRecord {
  const message = create(ServiceEntry_EndpointSchema, parts);
  Object.freeze(parts.ports);
  Object.freeze(parts.labels);
  const { address, ports, labels, serviceAccount, network, locality } = parts;
  const digest = contentHash(JSON.stringify([address, network, locality, ports, labels, serviceAccount]));
  return { message: Object.freeze(message), identity, digest };
}

/**
 * The endpoints of a service, in an order that does not depend on how they were cut into slices: by address, each
 * once. Ports that one address serves in different groups are put together, unless they contradict each other.
 */
export function mergeRecords(records: readonly EndpointRecord[]): readonly EndpointRecord[] {
  const merged = new Map<string, EndpointRecord>();
  let last: EndpointRecord | undefined;
  for (const record of records.toSorted(byAddress)) {
    const joined = last && joinPorts(last, record);
    if (last !== undefined && joined !== undefined) merged.delete(last.digest);
    last = joined ?? record;
    merged.set(last.digest, last);
  }
  return [...merged.values()];
}

function byAddress(a: EndpointRecord, b: EndpointRecord): number {
  if (a.message.address !== b.message.address) return a.message.address < b.message.address ? -1 : 1;
  if (a.digest === b.digest) return 0;
  return a.digest < b.digest ? -1 : 1;
}

/** Two records as one, when they are of one instance and no port has two numbers; else undefined. */
function joinPorts(a: EndpointRecord, b: EndpointRecord): EndpointRecord | undefined {
  if (a.digest === b.digest) return a;
  const [one, other] = [a.message, b.message];
  const same = one.address === other.address && one.labels === other.labels;
  if (!same || one.network !== other.network || one.locality !== other.locality) return undefined;
  const names = new Set([...Object.keys(one.ports), ...Object.keys(other.ports)]);
  const ports: [string, number][] = [];
  for (const name of names) {
    const [left = 0, right = 0] = [one.ports[name], other.ports[name]];
    if (left !== 0 && right !== 0 && left !== right) return undefined;
    ports.push([name, left || right]);
  }
  const { address, labels, serviceAccount, network, locality } = one;
  const joined = { address, labels, serviceAccount, network, locality, ports: Object.fromEntries(ports) };
  return endpointRecord(joined, a.identity);
}
