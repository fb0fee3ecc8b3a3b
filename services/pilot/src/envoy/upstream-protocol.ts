import type { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { HttpProtocolOptionsSchema } from '@quintet/proto/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';
import type { UpstreamProtocol } from '../plan/cluster-types.ts';
import { type Fields, packed } from './any.ts';
import { duration } from './duration.ts';

/** The key Envoy looks HTTP options of a cluster up by: the full name of their message. */
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** As many streams as classic pilots allow on one connection. */
const MAX_CONCURRENT_STREAMS = 1_073_741_824;

/** What a cluster speaks to its endpoints. */
export function upstreamProtocol(plan: UpstreamProtocol): Fields<typeof ClusterSchema> {
  if (plan.kind === 'tcp') return {};
  const { maxRequestsPerConnection, idleTimeoutMs } = plan;
  const limited = maxRequestsPerConnection > 0 || idleTimeoutMs > 0;
  return {
    typedExtensionProtocolOptions: {
      [HTTP_OPTIONS]: packed(HttpProtocolOptionsSchema, {
        ...(limited && {
          commonHttpProtocolOptions: {
            ...(maxRequestsPerConnection > 0 && {
              maxRequestsPerConnection: maxRequestsPerConnection,
            }),
            ...(idleTimeoutMs > 0 && { idleTimeout: duration(idleTimeoutMs) }),
          },
        }),
        upstreamProtocolOptions: protocolOptions(plan.kind),
      }),
    },
  };
}

type ProtocolOptions = NonNullable<Fields<typeof HttpProtocolOptionsSchema>['upstreamProtocolOptions']>;

function protocolOptions(kind: Exclude<UpstreamProtocol['kind'], 'tcp'>): ProtocolOptions {
  const http2 = { maxConcurrentStreams: MAX_CONCURRENT_STREAMS };
  switch (kind) {
    case 'http1':
      return {
        case: 'explicitHttpConfig',
        value: { protocolConfig: { case: 'httpProtocolOptions', value: {} } },
      };
    case 'http2':
      return {
        case: 'explicitHttpConfig',
        value: { protocolConfig: { case: 'http2ProtocolOptions', value: http2 } },
      };
    case 'as-received':
      return {
        case: 'useDownstreamProtocolConfig',
        value: { httpProtocolOptions: {}, http2ProtocolOptions: http2 },
      };
  }
}
