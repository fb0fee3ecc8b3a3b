import { create } from '@bufbuild/protobuf';
import { type Filter, FilterSchema } from '@quintet/proto/envoy/config/listener/v3/listener_components_pb.js';
import {
  type TcpProxy,
  TcpProxySchema,
} from '@quintet/proto/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js';
import type { TcpBody } from '../plan/types.ts';
import { fileAccessLog } from './access-log.ts';
import { packed } from './any.ts';
import { duration } from './duration.ts';
import { NETWORK_FILTERS } from './extension-names.ts';
import { tcpReport } from './mixer-report.ts';

/** How often an open connection is reported, as classic proxies do. */
const REPORT_INTERVAL_MS = 10_000;

/** The end of a chain that only passes bytes on. */
export function tcpProxy(body: TcpBody): Filter {
  return create(FilterSchema, {
    name: NETWORK_FILTERS.tcpProxy,
    configType: {
      case: 'typedConfig',
      value: packed(TcpProxySchema, {
        statPrefix: body.statPrefix,
        clusterSpecifier: clusterSpecifier(body),
        ...(body.idleTimeoutMs > 0 && { idleTimeout: duration(body.idleTimeoutMs) }),
        accessLog: [
          ...(body.accessLog ? [fileAccessLog(body.accessLog)] : []),
          ...(body.report ? [tcpReport(body.report)] : []),
        ],
        ...(body.report && {
          accessLogOptions: {
            flushAccessLogOnConnected: true,
            accessLogFlushInterval: duration(REPORT_INTERVAL_MS),
          },
        }),
      }),
    },
  });
}

function clusterSpecifier({ targets }: TcpBody): TcpProxy['clusterSpecifier'] {
  const [only] = targets;
  if (only && targets.length === 1) return { case: 'cluster', value: only.cluster };
  const { clusterSpecifier: specifier } = create(TcpProxySchema, {
    clusterSpecifier: {
      case: 'weightedClusters',
      value: { clusters: targets.map(({ cluster, weight }) => ({ name: cluster, weight })) },
    },
  });
  return specifier;
}
