import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type Filter, FilterSchema } from '@quintet/proto/envoy/config/listener/v3/listener_components_pb.js';
import {
  RBAC_Action as Action,
  type PolicySchema,
  type RBAC,
  RBACSchema,
} from '@quintet/proto/envoy/config/rbac/v3/rbac_pb.js';
import { RBACSchema as HttpRbacSchema } from '@quintet/proto/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
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

/** Access control of requests; one filter a plan. */
export function httpAccessFilter(plan: AccessPlan): HttpFilter {
  return create(HttpFilterSchema, {
    name: plan.action === 'deny' ? HTTP_FILTERS.rbacDeny : HTTP_FILTERS.rbac,
    configType: { case: 'typedConfig', value: packed(HttpRbacSchema, { rules: rules(plan) }) },
  });
}

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
