import { durationMillis } from '@quintet/model';
import type { LoadBalancerSettings_ConsistentHashLB } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import type { Scope } from '../scope/types.ts';
import type { HashPlan } from './route-types.ts';
import { portPolicy, subsetPolicy } from './traffic-policy.ts';

/** What of a request decides its endpoint, where the destination's rule balances by a consistent hash. */
export function hashPlan(
  scope: Scope,
  destination: { readonly host: string; readonly port: number; readonly subset: string },
): readonly HashPlan[] {
  const rule = scope.destinationRules.get(destination.host);
  if (!rule) return [];
  const general = portPolicy(rule.trafficPolicy, destination.port);
  const subset = rule.subsets.find(({ name }) => name === destination.subset);
  const policy = subsetPolicy(general, portPolicy(subset?.trafficPolicy, destination.port));
  const balancer = policy.loadBalancer?.lbPolicy;
  return balancer?.case === 'consistentHash' ? hashOf(balancer.value) : [];
}

function hashOf({ hashKey }: LoadBalancerSettings_ConsistentHashLB): readonly HashPlan[] {
  switch (hashKey.case) {
    case 'httpHeaderName':
      return [{ kind: 'header', name: hashKey.value.toLowerCase() }];
    case 'httpCookie': {
      const { name, path, ttl } = hashKey.value;
      return [{ kind: 'cookie', name, path, ttlMs: durationMillis(ttl) ?? 0 }];
    }
    case 'useSourceIp':
      return hashKey.value ? [{ kind: 'source-ip' }] : [];
    case 'httpQueryParameterName':
      return [{ kind: 'query-parameter', name: hashKey.value }];
    default:
      return [];
  }
}
