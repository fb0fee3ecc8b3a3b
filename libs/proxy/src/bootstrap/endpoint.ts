import type { JsonObject } from '@bufbuild/protobuf';
import type { SocketPlace } from './bootstrap-options.ts';

/** A load assignment with one endpoint. */
export function staticEndpoint(cluster: string, place: SocketPlace): JsonObject {
  const address: JsonObject =
    place.kind === 'tcp'
      ? { socket_address: { address: place.address, port_value: place.port } }
      : { pipe: { path: place.path } };
  return { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] };
}

/** The upstream options of a cluster that speaks gRPC; `filters` are upstream HTTP filters, the codec included. */
export function http2Options(filters: readonly JsonObject[] = []): JsonObject {
  return {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: {
        // A peer that vanished without a word is noticed within 40 s and connected to anew.
        http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '10s' } },
      },
      ...(filters.length === 0 ? {} : { http_filters: [...filters] }),
    },
  };
}
