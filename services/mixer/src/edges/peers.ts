import type { Value } from '@quintet/expr';
import { parseSpiffeId } from '@quintet/model';
import type { WorkloadInstance } from '../workloads/instances.ts';
import { type Side, workloadAttributes } from '../workloads/workload-attributes.ts';

/** The two ends of a request, as far as they are known and proven. */
export type Peers = {
  readonly source: WorkloadInstance | undefined;
  readonly destination: WorkloadInstance | undefined;
  /** SPIFFE ids that certificates showed. */
  readonly sourceId: string | undefined;
  readonly destinationId: string | undefined;
};

type Read = (peers: Peers) => Value | undefined;

/** The attributes of both ends. What a certificate says alone is the namespace and the service account. */
export const PEER_ATTRIBUTES: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...ofSide('source'),
  ...ofSide('destination'),
]);

function ofSide(side: Side): (readonly [string, Read])[] {
  const idOf = (peers: Peers) => (side === 'source' ? peers.sourceId : peers.destinationId);
  const identity = (peers: Peers) => parseSpiffeId(idOf(peers) ?? '');
  const fromInstance = [...workloadAttributes(side)].map(([name, read]): readonly [string, Read] => [
    name,
    (peers) => {
      const instance = peers[side];
      return instance === undefined ? undefined : read(instance);
    },
  ]);
  const known = new Map(fromInstance);
  const orIdentity = (name: string, fallback: Read): readonly [string, Read] => {
    const read = known.get(name);
    return [name, (peers) => read?.(peers) ?? fallback(peers)];
  };
  return [
    ...fromInstance,
    orIdentity(`${side}.namespace`, (peers) => identity(peers)?.namespace),
    orIdentity(`${side}.serviceAccount`, (peers) => identity(peers)?.serviceAccount),
  ];
}
