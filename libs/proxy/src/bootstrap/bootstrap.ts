import type { JsonObject } from '@bufbuild/protobuf';
import { writeNode } from '../node/write-node.ts';
import { adminCluster } from './admin-cluster.ts';
import type { BootstrapOptions, SocketPlace } from './bootstrap-options.ts';
import { healthListener, statsListener } from './listeners.ts';
import { probeClusters, probeStatPrefixes } from './proxied-probe.ts';
import { sdsCluster } from './sds-cluster.ts';
import { statsConfig } from './stats.ts';
import { dynamicResources, xdsCluster } from './xds.ts';

/**
 * The start configuration of a sidecar or gateway for stock Envoy, as `envoy.config.bootstrap.v3.Bootstrap` in JSON.
 * It does the duties of the former agent: identity from the node agent, readiness and metrics on ports of Envoy's own.
 */
export function bootstrap(options: BootstrapOptions): JsonObject {
  const { discovery, secrets, sourceAddress, probes = [], stats } = options;
  if (discovery.pilotIdentity !== undefined && secrets === undefined) {
    throw new TypeError('a bootstrap with mutual TLS to pilot needs a source of secrets');
  }
  return {
    node: writeNode(options.node, options.serviceCluster),
    admin: { address: adminAddress(options.admin) },
    dynamic_resources: dynamicResources(discovery),
    static_resources: {
      listeners: [statsListener(options), ...(options.healthPort === 0 ? [] : [healthListener(options)])],
      clusters: [
        adminCluster(options.admin),
        xdsCluster(discovery),
        ...(secrets === undefined ? [] : [sdsCluster(secrets)]),
        ...probeClusters(probes),
      ],
    },
    ...(sourceAddress === undefined
      ? {}
      : {
          cluster_manager: {
            upstream_bind_config: { source_address: { address: sourceAddress, port_value: 0 } },
          },
        }),
    ...statsConfig({ ...stats, prefixes: [...stats.prefixes, ...probeStatPrefixes(probes)] }),
    overload_manager: overloadManager(options.maxConnections),
    layered_runtime: {
      layers: [
        { name: 'mesh', static_layer: RUNTIME },
        { name: 'admin', admin_layer: {} },
      ],
    },
  };
}

/** Limits of Envoy that configuration of the mesh may legitimately exceed. */
const RUNTIME: JsonObject = {
  // Patterns of users are checked and bounded by the control plane; Envoy's default of 100 refuses harmless ones.
  're2.max_program_size.error_level': 32_768,
};

function adminAddress(place: SocketPlace): JsonObject {
  return place.kind === 'tcp'
    ? { socket_address: { address: place.address, port_value: place.port } }
    : { pipe: { path: place.path, mode: 0o600 } };
}

function overloadManager(maxConnections: number): JsonObject {
  return {
    resource_monitors: [
      {
        name: 'envoy.resource_monitors.global_downstream_max_connections',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
          max_active_downstream_connections: maxConnections,
        },
      },
    ],
  };
}
