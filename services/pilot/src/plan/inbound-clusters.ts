import { isHttp2Protocol, isHttpProtocol } from '@quintet/model';
import type { Scope } from '../scope/types.ts';
import { clusterPolicy, connectionUse } from './cluster-policy.ts';
import type { ClusterPlan } from './cluster-types.ts';
import type { InboundTarget } from './inbound-targets.ts';
import { clusterStatName } from './names.ts';
import { portPolicy } from './traffic-policy.ts';

const NOWHERE = { region: '', zone: '', subzone: '' };
const NO_WORKLOAD = { name: '', namespace: '', uid: '' };

/** A cluster for each inbound port; the connection pool of the service's own rule holds on this side too. */
export function inboundClusters(scope: Scope, targets: readonly InboundTarget[]): readonly ClusterPlan[] {
  return targets.map((target) => inboundCluster(scope, target));
}

function inboundCluster(scope: Scope, target: InboundTarget): ClusterPlan {
  const { service, port, endpoint } = target;
  const rule = service ? scope.destinationRules.get(service.host) : undefined;
  const { connectionPool } = portPolicy(rule?.trafficPolicy, port.number);
  const policy = connectionPool ? { connectionPool } : {};
  const pattern = scope.mesh.statNames.inbound;
  return {
    name: target.cluster,
    ...(pattern !== '' &&
      service && { alternativeStatName: clusterStatName(pattern, { ...service, port, subset: '' }) }),
    direction: 'inbound',
    discovery: {
      kind: 'fixed',
      groups: [
        {
          locality: NOWHERE,
          priority: 0,
          weight: 0,
          endpoints: [{ address: endpoint, weight: 0, workload: NO_WORKLOAD, mutualTls: false }],
        },
      ],
    },
    ...clusterPolicy(policy, scope.mesh),
    loadBalancing: { policy: 'round-robin', localityWeighted: false },
    protocol: { kind: protocolOf(target), ...connectionUse(policy) },
    tls: { kind: 'plaintext' },
    sources: [...new Set([...target.sources, ...(rule?.sources ?? [])])].toSorted(),
  };
}

function protocolOf({ port }: InboundTarget): ClusterPlan['protocol']['kind'] {
  if (isHttp2Protocol(port.protocol)) return 'http2';
  return isHttpProtocol(port.protocol) ? 'http1' : 'tcp';
}
