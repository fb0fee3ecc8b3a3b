import type { JsonObject } from '@bufbuild/protobuf';
import { isIp } from '@quintet/model';
import { type Discovery, XDS_CLUSTER } from './bootstrap-options.ts';
import { http2Options, staticEndpoint } from './endpoint.ts';
import { certificateFromAgent, rootsFromAgent } from './secret-config.ts';

/** Everything of the mesh comes over one aggregated stream. */
export function dynamicResources({ address, port, protocol }: Discovery): JsonObject {
  // No time limit: a proxy that has never heard from pilot is not ready, rather than ready and empty.
  const source: JsonObject = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  return {
    lds_config: source,
    cds_config: source,
    ads_config: {
      api_type: protocol === 'delta' ? 'DELTA_GRPC' : 'GRPC',
      transport_api_version: 'V3',
      set_node_on_first_message_only: true,
      grpc_services: [
        {
          envoy_grpc: {
            cluster_name: XDS_CLUSTER,
            authority: `${address}:${port}`,
            retry_policy: { retry_back_off: { base_interval: '0.200s', max_interval: '2s' } },
          },
        },
      ],
    },
  };
}

/** The way to pilot. With an expected identity it is mutual TLS, with the proxy's own certificate. */
export function xdsCluster({ address, port, pilotIdentity }: Discovery): JsonObject {
  return {
    name: XDS_CLUSTER,
    type: isIp(address) ? 'STATIC' : 'STRICT_DNS',
    connect_timeout: '1s',
    load_assignment: staticEndpoint(XDS_CLUSTER, { kind: 'tcp', address, port }),
    typed_extension_protocol_options: http2Options(),
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 300 } },
    circuit_breakers: {
      thresholds: [
        {
          priority: 'DEFAULT',
          max_connections: 100_000,
          max_pending_requests: 100_000,
          max_requests: 100_000,
        },
        { priority: 'HIGH', max_connections: 100_000, max_pending_requests: 100_000, max_requests: 100_000 },
      ],
    },
    ...(pilotIdentity === undefined ? {} : { transport_socket: mutualTls(pilotIdentity) }),
  };
}

function mutualTls(pilotIdentity: string): JsonObject {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      common_tls_context: {
        alpn_protocols: ['h2'],
        tls_certificate_sds_secret_configs: [certificateFromAgent()],
        combined_validation_context: {
          default_validation_context: {
            match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: pilotIdentity } }],
          },
          validation_context_sds_secret_config: rootsFromAgent(),
        },
      },
    },
  };
}
