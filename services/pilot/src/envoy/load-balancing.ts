import {
  type ClusterSchema,
  Cluster_LbPolicy as LbPolicy,
} from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import type { LoadBalancing } from '../plan/cluster-types.ts';
import type { Fields } from './any.ts';

/** How a cluster chooses among its endpoints. */
export function loadBalancing(plan: LoadBalancing): Fields<typeof ClusterSchema> {
  return { ...policy(plan.policy), ...common(plan) };
}

function policy(plan: LoadBalancing['policy']): Fields<typeof ClusterSchema> {
  switch (plan) {
    case 'round-robin':
      return { lbPolicy: LbPolicy.ROUND_ROBIN };
    case 'least-request':
      return { lbPolicy: LbPolicy.LEAST_REQUEST };
    case 'random':
      return { lbPolicy: LbPolicy.RANDOM };
    case 'destination':
      return { lbPolicy: LbPolicy.CLUSTER_PROVIDED };
    default:
      return {
        lbPolicy: LbPolicy.RING_HASH,
        lbConfig: {
          case: 'ringHashLbConfig',
          value: { minimumRingSize: BigInt(plan.minimumSize) },
        },
      };
  }
}

function common(plan: LoadBalancing): Fields<typeof ClusterSchema> {
  if (!plan.localityWeighted && plan.panicThresholdPercent === undefined) return {};
  return {
    commonLbConfig: {
      ...(plan.panicThresholdPercent !== undefined && {
        healthyPanicThreshold: { value: plan.panicThresholdPercent },
      }),
      ...(plan.localityWeighted && {
        localityConfigSpecifier: { case: 'localityWeightedLbConfig' as const, value: {} },
      }),
    },
  };
}
