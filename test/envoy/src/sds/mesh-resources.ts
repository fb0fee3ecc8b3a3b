import type { JsonObject } from '@bufbuild/protobuf';
import { CERTIFICATE_SECRET, ROOT_SECRET, SDS_CLUSTER } from '@quintet/proxy';

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';

/** A port that speaks mutual TLS with everybody of the mesh. */
export function inboundListener(port: number): JsonObject {
  return listener('inbound', port, {
    routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'ok' } } }],
    socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': `${TLS}.DownstreamTlsContext`,
        require_client_certificate: true,
        // A resumed session would hide which certificate is presented.
        disable_stateless_session_resumption: true,
        common_tls_context: commonTls('spiffe://cluster.local/', 'DELTA_GRPC'),
      },
    },
  });
}

/** A plaintext port that passes on to the one above, over mutual TLS. */
export function outboundListener(port: number): JsonObject {
  return listener('outbound', port, {
    routes: [{ match: { prefix: '/' }, route: { cluster: 'to-inbound' } }],
  });
}

/** The way to the inbound port, a new handshake for each request. */
export function outboundCluster(port: number): JsonObject {
  return {
    name: 'to-inbound',
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: {
      cluster_name: 'to-inbound',
      endpoints: [
        {
          lb_endpoints: [
            { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } },
          ],
        },
      ],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        common_http_protocol_options: { max_requests_per_connection: 1 },
        explicit_http_config: { http_protocol_options: {} },
      },
    },
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': `${TLS}.UpstreamTlsContext`,
        max_session_keys: 0,
        common_tls_context: commonTls('spiffe://cluster.local/ns/default/sa/reviews', 'GRPC'),
      },
    },
  };
}

function listener(
  name: string,
  port: number,
  options: { routes: JsonObject[]; socket?: JsonObject },
): JsonObject {
  return {
    name,
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: name,
              route_config: { name, virtual_hosts: [{ name, domains: ['*'], routes: options.routes }] },
              http_filters: [
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
        ...(options.socket !== undefined && { transport_socket: options.socket }),
      },
    ],
  };
}

/** Secrets by SDS in one of its two forms. */
function commonTls(peerPrefix: string, apiType: 'GRPC' | 'DELTA_GRPC'): JsonObject {
  const source: JsonObject = {
    resource_api_version: 'V3',
    api_config_source: {
      api_type: apiType,
      transport_api_version: 'V3',
      grpc_services: [{ envoy_grpc: { cluster_name: SDS_CLUSTER, authority: 'localhost' } }],
    },
  };
  return {
    tls_certificate_sds_secret_configs: [{ name: CERTIFICATE_SECRET, sds_config: source }],
    combined_validation_context: {
      default_validation_context: {
        match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { prefix: peerPrefix } }],
      },
      validation_context_sds_secret_config: { name: ROOT_SECRET, sds_config: source },
    },
  };
}
