import type { Scope } from '../scope/types.ts';
import { mixerServers } from '../snapshot/mixer-servers.ts';
import { clusterPolicy } from './cluster-policy.ts';
import type { ClusterPlan, Discovery } from './cluster-types.ts';
import { BLACK_HOLE, INBOUND_PASSTHROUGH, outboundCluster, PASSTHROUGH } from './names.ts';

/** Source address of passed-through inbound connections: traffic capture leaves it alone, so they do not come back. */
const INBOUND_SOURCE = '127.0.0.6';

const NO_ENDPOINTS: Discovery = { kind: 'fixed', groups: [] };

/** The clusters that belong to no service: the end of the road, and where traffic is captured the ways through. */
export function specialClusters(scope: Scope): readonly ClusterPlan[] {
  const { proxy } = scope;
  const captures = proxy.type === 'sidecar' && proxy.interceptionMode !== 'NONE';
  const passing: Discovery = { kind: 'destination' };
  return [
    special(scope, BLACK_HOLE, 'outbound', NO_ENDPOINTS),
    ...(captures
      ? [
          special(scope, PASSTHROUGH, 'outbound', passing),
          { ...special(scope, INBOUND_PASSTHROUGH, 'inbound', passing), sourceAddress: INBOUND_SOURCE },
        ]
      : []),
  ];
}

/**
 * Stand-ins for mixer servers that are named and exist nowhere: filters refer to the cluster all the same, and find
 * nobody there.
 */
export function missingMixerClusters(scope: Scope, known: ReadonlySet<string>): readonly ClusterPlan[] {
  return mixerServers(scope.mesh)
    .map(({ host, port }) => outboundCluster(host, port))
    .filter((name) => !known.has(name))
    .map((name) => special(scope, name, 'outbound', NO_ENDPOINTS));
}

function special(
  scope: Scope,
  name: string,
  direction: ClusterPlan['direction'],
  discovery: Discovery,
): ClusterPlan {
  return {
    name,
    direction,
    discovery,
    ...clusterPolicy({}, scope.mesh),
    loadBalancing: {
      policy: discovery.kind === 'destination' ? 'destination' : 'round-robin',
      localityWeighted: false,
    },
    protocol: {
      kind: discovery.kind === 'destination' ? 'as-received' : 'tcp',
      maxRequestsPerConnection: 0,
      idleTimeoutMs: 0,
    },
    tls: { kind: 'plaintext' },
    sources: [],
  };
}
