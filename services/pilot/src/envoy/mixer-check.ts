import { create } from '@bufbuild/protobuf';
import { ApiVersion } from '@quintet/proto/envoy/config/core/v3/config_source_pb.js';
import type { GrpcServiceSchema } from '@quintet/proto/envoy/config/core/v3/grpc_service_pb.js';
import { type Filter, FilterSchema } from '@quintet/proto/envoy/config/listener/v3/listener_components_pb.js';
import { ExtAuthzSchema } from '@quintet/proto/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { ExtAuthzSchema as NetworkExtAuthzSchema } from '@quintet/proto/envoy/extensions/filters/network/ext_authz/v3/ext_authz_pb.js';
import {
  type HttpFilter,
  HttpFilterSchema,
} from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { StatusCode } from '@quintet/proto/envoy/type/v3/http_status_pb.js';
import type { MixerCheck } from '../plan/mixer-types.ts';
import { type Fields, packed } from './any.ts';
import { duration } from './duration.ts';
import { HTTP_FILTERS, MESH_METADATA, NETWORK_FILTERS } from './extension-names.ts';

/** Asks mixer before a request goes on. Without an answer and failing closed, the client sees a 503. */
export function httpCheckFilter(check: MixerCheck): HttpFilter {
  return create(HttpFilterSchema, {
    name: HTTP_FILTERS.check,
    configType: {
      case: 'typedConfig',
      value: packed(ExtAuthzSchema, {
        transportApiVersion: ApiVersion.V3,
        services: { case: 'grpcService', value: grpcService(check, check.timeoutMs) },
        failureModeAllow: check.failOpen,
        statusOnError: { code: StatusCode.ServiceUnavailable },
        routeMetadataContextNamespaces: [MESH_METADATA],
        statPrefix: 'mixer',
      }),
    },
  });
}

/** Asks mixer before a connection goes on. */
export function networkCheckFilter(check: MixerCheck): Filter {
  return create(FilterSchema, {
    name: NETWORK_FILTERS.check,
    configType: {
      case: 'typedConfig',
      value: packed(NetworkExtAuthzSchema, {
        statPrefix: 'mixer',
        transportApiVersion: ApiVersion.V3,
        grpcService: grpcService(check, check.timeoutMs),
        failureModeAllow: check.failOpen,
      }),
    },
  });
}

/**
 * A call to a service of the mesh. The authority is written out: Envoy would send the cluster's name, whose
 * bars are refused by servers.
 */
export function grpcService(
  target: { readonly cluster: string; readonly authority: string },
  timeoutMs?: number,
): Fields<typeof GrpcServiceSchema> {
  return {
    targetSpecifier: {
      case: 'envoyGrpc',
      value: { clusterName: target.cluster, authority: target.authority },
    },
    ...(timeoutMs !== undefined && { timeout: duration(timeoutMs) }),
  };
}
