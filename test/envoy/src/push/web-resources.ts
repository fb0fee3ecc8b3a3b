import { create } from '@bufbuild/protobuf';
import { Cluster_DiscoveryType, ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ClusterLoadAssignmentSchema } from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import { ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { RouteConfigurationSchema } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { RouterSchema } from '@quintet/proto/envoy/extensions/filters/http/router/v3/router_pb.js';
import { HttpConnectionManagerSchema } from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  packAny,
  packResource,
  ROUTE_TYPE,
  type WireResource,
  type WireSet,
  wireType,
} from '@quintet/xds';

/** A listener whose only route goes to one of some clusters; all clusters lead to the same server. */
export type Web = {
  /** Where Envoy listens. */
  readonly port: number;
  /** Where the server listens. */
  readonly server: number;
  /** Connect timeout in milliseconds, by cluster: a change of it is a change of the cluster in place; 0 is refused. */
  readonly clusters: Readonly<Record<string, number>>;
  readonly route: string;
};

const ROUTES = 'web';
const ADS = {
  configSourceSpecifier: { case: 'ads', value: {} },
  resourceApiVersion: 2,
  // Without a limit a cluster is ready when its endpoints have come, and not before.
  initialFetchTimeout: { seconds: 0n, nanos: 0 },
} as const;

/** The resources of a web. */
export function webSet(web: Web): WireSet {
  const clusters = Object.entries(web.clusters).map(([name, timeoutMs]) => cluster(name, timeoutMs));
  const endpoints = clusters.map((resource) => assignment(resource, web.server));
  return new Map([
    [CLUSTER_TYPE, wireType(clusters)],
    [ENDPOINT_TYPE, wireType(endpoints)],
    [LISTENER_TYPE, wireType([listener(web.port)])],
    [ROUTE_TYPE, wireType([routes(web.route)])],
  ]);
}

function cluster(name: string, timeoutMs: number): WireResource {
  const message = create(ClusterSchema, {
    name,
    clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: ADS },
    connectTimeout: { seconds: BigInt(Math.floor(timeoutMs / 1000)), nanos: (timeoutMs % 1000) * 1_000_000 },
  });
  return packResource({ schema: ClusterSchema, message, name, needs: [{ type: ENDPOINT_TYPE, name }] });
}

function assignment({ name, version }: WireResource, port: number): WireResource {
  const value = { address: '127.0.0.1', portSpecifier: { case: 'portValue', value: port } } as const;
  const endpoint = { address: { address: { case: 'socketAddress', value } } } as const;
  const lbEndpoints = [{ hostIdentifier: { case: 'endpoint', value: endpoint } }] as const;
  const message = create(ClusterLoadAssignmentSchema, {
    clusterName: name,
    endpoints: [{ lbEndpoints: [...lbEndpoints] }],
  });
  return packResource({ schema: ClusterLoadAssignmentSchema, message, name, mix: version });
}

function routes(target: string): WireResource {
  const message = create(RouteConfigurationSchema, {
    name: ROUTES,
    virtualHosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          {
            match: { pathSpecifier: { case: 'prefix', value: '/' } },
            action: { case: 'route', value: { clusterSpecifier: { case: 'cluster', value: target } } },
          },
        ],
      },
    ],
  });
  const needs = [{ type: CLUSTER_TYPE, name: target }];
  return packResource({ schema: RouteConfigurationSchema, message, name: ROUTES, needs });
}

function listener(port: number): WireResource {
  const router = packAny(RouterSchema, create(RouterSchema));
  const manager = create(HttpConnectionManagerSchema, {
    statPrefix: 'web',
    routeSpecifier: { case: 'rds', value: { routeConfigName: ROUTES, configSource: ADS } },
    httpFilters: [{ name: 'envoy.filters.http.router', configType: { case: 'typedConfig', value: router } }],
  });
  const typed = packAny(HttpConnectionManagerSchema, manager);
  const filter = { name: 'hcm', configType: { case: 'typedConfig', value: typed } } as const;
  const value = { address: '127.0.0.1', portSpecifier: { case: 'portValue', value: port } } as const;
  const message = create(ListenerSchema, {
    name: 'web',
    address: { address: { case: 'socketAddress', value } },
    filterChains: [{ filters: [filter] }],
  });
  const needs = [{ type: ROUTE_TYPE, name: ROUTES }];
  return packResource({ schema: ListenerSchema, message, name: 'web', needs });
}
