import { create } from '@bufbuild/protobuf';
import { ApiVersion } from '@quintet/proto/envoy/config/core/v3/config_source_pb.js';
import { type Filter, FilterSchema } from '@quintet/proto/envoy/config/listener/v3/listener_components_pb.js';
import {
  HttpConnectionManager_CodecType as CodecType,
  HttpConnectionManager_ForwardClientCertDetails as ForwardClientCert,
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { HttpBody, TracingPlan } from '../plan/types.ts';
import { fileAccessLog } from './access-log.ts';
import { type Fields, packed } from './any.ts';
import { duration } from './duration.ts';
import { NETWORK_FILTERS } from './extension-names.ts';
import { httpFilters } from './http-filters.ts';
import { httpReport } from './mixer-report.ts';

const SERVER_NAME = 'istio-envoy';

/** The end of a chain that understands HTTP. */
export function httpConnectionManager(body: HttpBody): Filter {
  return create(FilterSchema, {
    name: NETWORK_FILTERS.httpConnectionManager,
    configType: {
      case: 'typedConfig',
      value: packed(HttpConnectionManagerSchema, {
        statPrefix: body.statPrefix,
        codecType: CodecType.AUTO,
        serverName: SERVER_NAME,
        normalizePath: true,
        mergeSlashes: false,
        useRemoteAddress: body.atEdge,
        generateRequestId: true,
        streamIdleTimeout: duration(0),
        upgradeConfigs: [{ upgradeType: 'websocket' }],
        routeSpecifier: routes(body),
        httpFilters: httpFilters(body),
        accessLog: [
          ...(body.accessLog ? [fileAccessLog(body.accessLog)] : []),
          ...(body.report ? [httpReport(body.report)] : []),
        ],
        ...clientCertificate(body),
        ...protocolOptions(body),
        ...(body.tracing && { tracing: tracing(body.tracing) }),
      }),
    },
  });
}

/** A listener waits for its table: without one it would answer 404 to requests it has a route for. */
function routes(body: HttpBody): HttpConnectionManager['routeSpecifier'] {
  const manager = create(HttpConnectionManagerSchema, {
    routeSpecifier: {
      case: 'rds',
      value: {
        routeConfigName: body.routeTable,
        configSource: {
          resourceApiVersion: ApiVersion.V3,
          initialFetchTimeout: duration(0),
          configSourceSpecifier: { case: 'ads', value: {} },
        },
      },
    },
  });
  return manager.routeSpecifier;
}

/** At the edge the header is replaced, certificate included; inside the mesh the caller's entries are kept. */
function clientCertificate(body: HttpBody): Fields<typeof HttpConnectionManagerSchema> {
  const replaced = body.clientCertificateHeader === 'replace';
  return {
    forwardClientCertDetails: replaced ? ForwardClientCert.SANITIZE_SET : ForwardClientCert.APPEND_FORWARD,
    setCurrentClientCertDetails: { subject: true, uri: true, dns: true, cert: replaced },
  };
}

function protocolOptions(body: HttpBody): Fields<typeof HttpConnectionManagerSchema> {
  return {
    ...(body.idleTimeoutMs > 0 && {
      commonHttpProtocolOptions: { idleTimeout: duration(body.idleTimeoutMs) },
    }),
    ...((body.http10 || body.absoluteUrls) && {
      httpProtocolOptions: {
        acceptHttp10: body.http10,
        ...(body.absoluteUrls && { allowAbsoluteUrl: true }),
      },
    }),
  };
}

function tracing(plan: TracingPlan): NonNullable<Fields<typeof HttpConnectionManagerSchema>['tracing']> {
  return {
    clientSampling: { value: 100 },
    randomSampling: { value: plan.randomSampling },
    overallSampling: { value: 100 },
  };
}
