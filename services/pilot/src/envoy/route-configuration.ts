import { create } from '@bufbuild/protobuf';
import {
  type Route,
  RouteSchema,
  VirtualHost_TlsRequirementType as TlsRequirement,
  type VirtualHost,
  VirtualHostSchema,
} from '@quintet/proto/envoy/config/route/v3/route_components_pb.js';
import {
  type RouteConfiguration,
  RouteConfigurationSchema,
} from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import type { RoutePlan, RouteTablePlan, VirtualHostPlan } from '../plan/route-types.ts';
import { MESH_METADATA } from './extension-names.ts';
import { headerLists } from './header-operations.ts';
import { metadata } from './metadata.ts';
import { routeAction } from './route-action.ts';
import { routeFeatures, tableFeatures } from './route-features.ts';
import { routeMatch } from './route-match.ts';

/**
 * One table of routes. Clusters are not checked by
 * Envoy: a route may arrive while its cluster is being replaced, and the wire stage checks names itself.
 */
export function routeConfiguration(table: RouteTablePlan): RouteConfiguration {
  return create(RouteConfigurationSchema, {
    name: table.name,
    virtualHosts: table.virtualHosts.map((host) => virtualHost(host, table)),
    validateClusters: false,
    ignorePortInHostMatching: table.ignoresPort,
  });
}

function virtualHost(plan: VirtualHostPlan, table: RouteTablePlan): VirtualHost {
  return create(VirtualHostSchema, {
    name: plan.name,
    domains: [...plan.domains],
    routes: plan.routes.map(route),
    typedPerFilterConfig: tableFeatures(table),
    requireTls: plan.requiresTls ? TlsRequirement.ALL : TlsRequirement.NONE,
  });
}

function route(plan: RoutePlan): Route {
  return create(RouteSchema, {
    name: plan.name,
    match: routeMatch(plan.match),
    action: routeAction(plan.action),
    decorator: { operation: plan.operation },
    metadata: metadata({ [MESH_METADATA]: { ...plan.context.attributes, config: plan.sources.join(',') } }),
    typedPerFilterConfig: routeFeatures(plan),
    ...headerLists(plan.requestHeaders, plan.responseHeaders),
  });
}
