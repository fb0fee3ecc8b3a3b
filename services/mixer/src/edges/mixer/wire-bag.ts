import { type Bag, bagOf, formatIp, type Value } from '@quintet/expr';
import { parseSpiffeId, REPORTER_KINDS } from '@quintet/model';
import { layeredBag, lazyBag } from '../../attributes/lazy-bag.ts';
import type { Directory } from '../../workloads/directory.ts';
import type { WorkloadInstance } from '../../workloads/instances.ts';
import { PEER_ATTRIBUTES } from '../peers.ts';

/** The attributes that a caller sent, and after them what is known of the workloads that they name. */
export function wireBag(attributes: ReadonlyMap<string, Value>, directory: Directory): Bag {
  const peers = {
    source: instanceOf('source', attributes, directory),
    destination: instanceOf('destination', attributes, directory),
    sourceId: undefined,
    destinationId: undefined,
  };
  return layeredBag(bagOf(attributes), lazyBag(peers, PEER_ATTRIBUTES));
}

function instanceOf(
  side: 'source' | 'destination',
  attributes: ReadonlyMap<string, Value>,
  directory: Directory,
): WorkloadInstance | undefined {
  const uid = attributes.get(`${side}.uid`);
  const ip = attributes.get(`${side}.ip`);
  const named = typeof uid === 'string' ? directory.named(uid) : undefined;
  return named ?? (ip instanceof Uint8Array ? directory.at(formatIp(ip)) : undefined);
}

/** Why a caller's certificate does not speak for the reporter that its attributes name; undefined when it does. */
export function reporterProblem(
  attributes: ReadonlyMap<string, Value>,
  spiffeId: string | undefined,
): string | undefined {
  if (spiffeId === undefined) return undefined;
  const outbound = attributes.get('context.reporter.kind') === REPORTER_KINDS.source;
  const namespace = attributes.get(outbound ? 'source.namespace' : 'destination.namespace');
  const own = parseSpiffeId(spiffeId)?.namespace;
  if (namespace === undefined || namespace === own) return undefined;
  return `${spiffeId} does not speak for a workload of namespace ${String(namespace)}`;
}
