import { create, type DescMessage } from '@bufbuild/protobuf';
import { CorsSchema } from '@quintet/proto/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import { HTTPFaultSchema } from '@quintet/proto/envoy/extensions/filters/http/fault/v3/fault_pb.js';
import { GrpcWebSchema } from '@quintet/proto/envoy/extensions/filters/http/grpc_web/v3/grpc_web_pb.js';
import { RouterSchema } from '@quintet/proto/envoy/extensions/filters/http/router/v3/router_pb.js';
import {
  type HttpFilter,
  HttpFilterSchema,
} from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { HttpBody } from '../plan/types.ts';
import { httpAccessFilters } from './access.ts';
import { packed } from './any.ts';
import { HTTP_FILTERS } from './extension-names.ts';
import { httpCheckFilter } from './mixer-check.ts';

/** The filters every request of a chain passes, in this order. */
export function httpFilters(body: HttpBody): HttpFilter[] {
  return [
    // Access control is local and cheap: whoever is refused here costs no call.
    ...(body.accessControlled ? httpAccessFilters() : []),
    // Mixer sees only requests that may go on.
    ...(body.check ? [httpCheckFilter(body.check)] : []),
    // Translates before anything reads or answers as the application would.
    ...(body.grpcWeb ? [plain(HTTP_FILTERS.grpcWeb, GrpcWebSchema)] : []),
    // Answers preflight requests, so that faults do not meet them.
    plain(HTTP_FILTERS.cors, CorsSchema),
    // Faults are injected into what would really have been forwarded.
    plain(HTTP_FILTERS.fault, HTTPFaultSchema),
    // Forwards: always the last.
    plain(HTTP_FILTERS.router, RouterSchema),
  ];
}

/** A filter whose settings stand on routes only. */
function plain(name: string, schema: DescMessage): HttpFilter {
  return create(HttpFilterSchema, { name, configType: { case: 'typedConfig', value: packed(schema, {}) } });
}
