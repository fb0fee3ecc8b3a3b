import { create } from '@bufbuild/protobuf';
import {
  type RouteAction_HashPolicy as HashPolicy,
  RouteAction_HashPolicySchema as HashPolicySchema,
  type RetryPolicy,
  RetryPolicySchema,
} from '@quintet/proto/envoy/config/route/v3/route_components_pb.js';
import { PreviousHostsPredicateSchema } from '@quintet/proto/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js';
import type { HashPlan, RetryPlan } from '../plan/route-types.ts';
import { packed } from './any.ts';
import { duration } from './duration.ts';

/** Tries again, on another host where there is one. */
export function retryPolicy(plan: RetryPlan): RetryPolicy {
  return create(RetryPolicySchema, {
    retryOn: plan.conditions.join(','),
    numRetries: plan.attempts,
    retriableStatusCodes: [...plan.statusCodes],
    ...(plan.perTryTimeoutMs !== undefined && { perTryTimeout: duration(plan.perTryTimeoutMs) }),
    ...(plan.otherHostAttempts > 0 && {
      retryHostPredicate: [
        {
          name: 'envoy.retry_host_predicates.previous_hosts',
          configType: { case: 'typedConfig', value: packed(PreviousHostsPredicateSchema, {}) },
        },
      ],
      hostSelectionRetryMaxAttempts: BigInt(plan.otherHostAttempts),
    }),
  });
}

/** What of a request decides which endpoint of a ring it goes to. */
export function hashPolicy(plan: HashPlan): HashPolicy {
  return create(HashPolicySchema, { policySpecifier: hashSpecifier(plan) });
}

function hashSpecifier(plan: HashPlan) {
  switch (plan.kind) {
    case 'header':
      return { case: 'header' as const, value: { headerName: plan.name } };
    case 'cookie':
      return {
        case: 'cookie' as const,
        value: { name: plan.name, path: plan.path, ttl: duration(plan.ttlMs) },
      };
    case 'source-ip':
      return { case: 'connectionProperties' as const, value: { sourceIp: true } };
    case 'query-parameter':
      return { case: 'queryParameter' as const, value: { name: plan.name } };
  }
}
