import { create } from '@bufbuild/protobuf';
import type { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { type TransportSocket, TransportSocketSchema } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import { RawBufferSchema } from '@quintet/proto/envoy/extensions/transport_sockets/raw_buffer/v3/raw_buffer_pb.js';
import { UpstreamTlsContextSchema } from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { ClientTls, UpstreamTls } from '../plan/cluster-types.ts';
import { type Fields, packed } from './any.ts';
import { commonTlsContext } from './certificate.ts';
import { PLAINTEXT_TRANSPORT_SOCKET, TLS_TRANSPORT_SOCKET } from './extension-names.ts';

/** The value of endpoint metadata `envoy.transport_socket_match.tlsMode` of an endpoint that serves mutual TLS. */
export const MUTUAL_TLS_ENDPOINT = 'istio';

/** How a cluster encrypts: for all endpoints alike, or by what each endpoint says of itself. */
export function upstreamTls(tls: UpstreamTls): Fields<typeof ClusterSchema> {
  switch (tls.kind) {
    case 'plaintext':
      return {};
    case 'tls':
      return { transportSocket: tlsSocket(tls.client) };
    case 'by-endpoint':
      return {
        transportSocketMatches: [
          {
            name: 'tlsMode-istio',
            match: { tlsMode: MUTUAL_TLS_ENDPOINT },
            transportSocket: tlsSocket(tls.client),
          },
          { name: 'tlsMode-disabled', match: {}, transportSocket: plaintextSocket() },
        ],
      };
  }
}

function tlsSocket(client: ClientTls): TransportSocket {
  return create(TransportSocketSchema, {
    name: TLS_TRANSPORT_SOCKET,
    configType: {
      case: 'typedConfig',
      value: packed(UpstreamTlsContextSchema, {
        sni: client.serverName,
        commonTlsContext: commonTlsContext({
          ...client,
          verifyCertificateSpki: [],
          verifyCertificateHash: [],
          cipherSuites: [],
        }),
      }),
    },
  });
}

function plaintextSocket(): TransportSocket {
  return create(TransportSocketSchema, {
    name: PLAINTEXT_TRANSPORT_SOCKET,
    configType: { case: 'typedConfig', value: packed(RawBufferSchema, {}) },
  });
}
