import type { JsonObject } from '@bufbuild/protobuf';
import { ADMIN_CLUSTER, type BootstrapOptions } from './bootstrap-options.ts';
import { probeFilters, probeRoutes } from './proxied-probe.ts';

/** Metrics for a scraper: `/stats/prometheus` and nothing else of the admin interface. */
export function statsListener({ listenAddress, statsPort }: BootstrapOptions): JsonObject {
  return httpListener({
    name: 'stats',
    address: listenAddress,
    port: statsPort,
    routes: [
      { match: { path: '/stats/prometheus' }, route: { cluster: ADMIN_CLUSTER } },
      { match: { prefix: '/' }, direct_response: { status: 404 } },
    ],
  });
}

/** Readiness for a kubelet or a load balancer: Envoy has heard from pilot and is not draining. Probes come here too. */
export function healthListener({ listenAddress, healthPort, probes = [] }: BootstrapOptions): JsonObject {
  return httpListener({
    name: 'status',
    address: listenAddress,
    port: healthPort,
    routes: [
      { match: { path: '/healthz/ready' }, route: { cluster: ADMIN_CLUSTER, prefix_rewrite: '/ready' } },
      ...probeRoutes(probes),
      { match: { prefix: '/' }, direct_response: { status: 400 } },
    ],
    filters: probeFilters(probes),
  });
}

type HttpListener = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly routes: readonly JsonObject[];
  /** HTTP filters before the router. */
  readonly filters?: readonly JsonObject[];
};

function httpListener({ name, address, port, routes, filters = [] }: HttpListener): JsonObject {
  return {
    name,
    address: { socket_address: { address, port_value: port } },
    // A proxy at its limit of connections must still answer its probes.
    ignore_global_conn_limit: true,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: name,
              stream_idle_timeout: '15s',
              request_headers_timeout: '5s',
              route_config: { virtual_hosts: [{ name, domains: ['*'], routes: [...routes] }] },
              http_filters: [
                ...filters,
                {
                  name: 'envoy.filters.http.router',
                  typed_config: {
                    '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                  },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}
