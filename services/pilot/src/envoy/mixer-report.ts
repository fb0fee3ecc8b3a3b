import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { CONTEXT_KEYS } from '@quintet/model';
import { type AccessLog, AccessLogSchema } from '@quintet/proto/envoy/config/accesslog/v3/accesslog_pb.js';
import { ApiVersion } from '@quintet/proto/envoy/config/core/v3/config_source_pb.js';
import {
  type CommonGrpcAccessLogConfigSchema,
  HttpGrpcAccessLogConfigSchema,
  TcpGrpcAccessLogConfigSchema,
} from '@quintet/proto/envoy/extensions/access_loggers/grpc/v3/als_pb.js';
import type { CustomTagSchema } from '@quintet/proto/envoy/type/tracing/v3/custom_tag_pb.js';
import type { MixerReport } from '../plan/mixer-types.ts';
import { packed } from './any.ts';
import { duration } from './duration.ts';
import { MESH_METADATA } from './extension-names.ts';
import { grpcService } from './mixer-check.ts';

/** How long and how much an Envoy gathers before it reports: classic proxies report every second. */
const FLUSH_INTERVAL_MS = 1000;
const BUFFER_BYTES = 16_384;

/** Facts that belong to the route a request took, as opposed to the listener it came by. */
const ROUTE_KEYS: readonly string[] = [
  CONTEXT_KEYS.destinationServiceHost,
  CONTEXT_KEYS.destinationServiceName,
  CONTEXT_KEYS.destinationServiceNamespace,
  CONTEXT_KEYS.destinationServiceUid,
];

/** Request headers that become attributes. */
const REQUEST_HEADERS = ['content-type', 'referer', 'user-agent', 'x-request-id'];
const RESPONSE_HEADERS = ['grpc-status', 'grpc-message'];

/** Reports every request of a chain to mixer, after it has ended. */
export function httpReport(report: MixerReport): AccessLog {
  return create(AccessLogSchema, {
    name: 'mixer',
    configType: {
      case: 'typedConfig',
      value: packed(HttpGrpcAccessLogConfigSchema, {
        commonConfig: commonConfig('http_mixer', report, [
          ...literalTags(report),
          ...routeTags(report),
          UPSTREAM_PEER,
        ]),
        additionalRequestHeadersToLog: REQUEST_HEADERS,
        additionalResponseHeadersToLog: RESPONSE_HEADERS,
      }),
    },
  });
}

/** Reports every connection of a chain to mixer: its begin, its state from time to time, and its end. */
export function tcpReport(report: MixerReport): AccessLog {
  return create(AccessLogSchema, {
    name: 'mixer',
    configType: {
      case: 'typedConfig',
      value: packed(TcpGrpcAccessLogConfigSchema, {
        commonConfig: commonConfig('tcp_mixer', report, [...literalTags(report), UPSTREAM_PEER]),
      }),
    },
  });
}

type Tag = MessageInitShape<typeof CustomTagSchema>;

/** Who answered, by its certificate; a client's proxy has it nowhere else. */
const UPSTREAM_PEER: Tag = {
  tag: CONTEXT_KEYS.upstreamPeer,
  type: { case: 'value', value: '%UPSTREAM_PEER_URI_SAN%' },
};

function commonConfig(
  logName: string,
  report: MixerReport,
  customTags: readonly Tag[],
): MessageInitShape<typeof CommonGrpcAccessLogConfigSchema> {
  return {
    logName,
    transportApiVersion: ApiVersion.V3,
    grpcService: grpcService(report),
    bufferFlushInterval: duration(FLUSH_INTERVAL_MS),
    bufferSizeBytes: BUFFER_BYTES,
    customTags: [...customTags],
  };
}

function literalTags(report: MixerReport): Tag[] {
  return Object.keys(report.attributes)
    .sort()
    .map((tag) => ({ tag, type: { case: 'literal', value: { value: report.attributes[tag] ?? '' } } }));
}

/** An attribute that the listener fixes is not looked up on the route. */
function routeTags(report: MixerReport): Tag[] {
  return ROUTE_KEYS.filter((key) => !(key in report.attributes)).map((tag) => ({
    tag,
    type: {
      case: 'metadata',
      value: {
        kind: { kind: { case: 'route', value: {} } },
        metadataKey: { key: MESH_METADATA, path: [{ segment: { case: 'key', value: tag } }] },
      },
    },
  }));
}
