import { create } from '@bufbuild/protobuf';
import { type TransportSocket, TransportSocketSchema } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import { DownstreamTlsContextSchema } from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { ServerTls } from '../plan/types.ts';
import { packed } from './any.ts';
import { commonTlsContext } from './certificate.ts';
import { TLS_TRANSPORT_SOCKET } from './extension-names.ts';

/** A resumed session would go on with a certificate that has run out meanwhile: every connection shows its own. */
const NO_RESUMPTION = {
  sessionTicketKeysType: { case: 'disableStatelessSessionResumption', value: true },
  disableStatefulSessionResumption: true,
} as const;

/** TLS as a listener's chain terminates it. */
export function downstreamTls(tls: ServerTls): TransportSocket {
  return create(TransportSocketSchema, {
    name: TLS_TRANSPORT_SOCKET,
    configType: {
      case: 'typedConfig',
      value: packed(DownstreamTlsContextSchema, {
        commonTlsContext: commonTlsContext(tls),
        requireClientCertificate: tls.clientCertificate === 'required',
        ...(tls.clientCertificate === 'required' && NO_RESUMPTION),
      }),
    },
  });
}
