import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { type Filter, FilterSchema } from '@quintet/proto/envoy/config/listener/v3/listener_components_pb.js';
import {
  RBAC_Action as Action,
  type PolicySchema,
  type RBAC,
  RBACSchema,
} from '@quintet/proto/envoy/config/rbac/v3/rbac_pb.js';
import {
  RBACSchema as HttpRbacSchema,
  RBACPerRouteSchema,
} from '@quintet/proto/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import {
  type HttpFilter,
  HttpFilterSchema,
} from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { RBACSchema as NetworkRbacSchema } from '@quintet/proto/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
import type { AccessPlan, AccessPolicy } from '../plan/access-types.ts';
import { permission } from './access-operation.ts';
import { principal } from './access-source.ts';
import { packed } from './any.ts';
import { HTTP_FILTERS, NETWORK_FILTERS } from './extension-names.ts';
import { sortedByKey } from './metadata.ts';

/** The filters that refuse requests by the rules of their route table: first what is denied, then what is not allowed. */
export function httpAccessFilters(): HttpFilter[] {
  return ACTIONS.map((action) =>
    create(HttpFilterSchema, {
      name: HTTP_FILTER_OF[action],
      configType: { case: 'typedConfig', value: packed(HttpRbacSchema, {}) },
    }),
  );
}

/** The rules of a table, by the name of the filter that reads them. */
export function tableAccess(plans: readonly AccessPlan[]): Record<string, Any> {
  return Object.fromEntries(
    plans.map((plan) => [
      HTTP_FILTER_OF[plan.action],
      packed(RBACPerRouteSchema, { rbac: { rules: rules(plan) } }),
    ]),
  );
}

const ACTIONS = ['deny', 'allow'] as const;
const HTTP_FILTER_OF = { deny: HTTP_FILTERS.rbacDeny, allow: HTTP_FILTERS.rbac } as const;

/** Access control of connections; one filter a plan. */
export function networkAccessFilter(plan: AccessPlan): Filter {
  return create(FilterSchema, {
    name: plan.action === 'deny' ? NETWORK_FILTERS.rbacDeny : NETWORK_FILTERS.rbac,
    configType: {
      case: 'typedConfig',
      value: packed(NetworkRbacSchema, { statPrefix: 'tcp.', rules: rules(plan) }),
    },
  });
}

function rules(plan: AccessPlan): RBAC {
  const byName = Object.fromEntries(plan.policies.map((one) => [one.name, one] as const));
  return create(RBACSchema, {
    action: plan.action === 'deny' ? Action.DENY : Action.ALLOW,
    policies: sortedByKey(byName, policy),
  });
}

function policy(plan: AccessPolicy): MessageInitShape<typeof PolicySchema> {
  return { permissions: [permission(plan.operation)], principals: [principal(plan.source)] };
}
