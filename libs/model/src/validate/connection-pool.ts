import {
  type ConnectionPoolSettings,
  type ConnectionPoolSettings_HTTPSettings,
  type ConnectionPoolSettings_TCPSettings,
  type ConnectionPoolSettings_TCPSettings_TcpKeepalive,
  ConnectionPoolSettings_HTTPSettings_H2UpgradePolicy as H2UpgradePolicy,
} from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { type DurationValue, durationMillis, formatDuration } from '../duration.ts';
import type { Report } from './report.ts';
import { checkDuration, checkNotNegative } from './values.ts';

/** Checks the limits of connections. */
export function checkConnectionPool(
  pool: ConnectionPoolSettings | undefined,
  path: string,
  report: Report,
): void {
  if (pool === undefined) return;
  if (pool.http === undefined && pool.tcp === undefined) report(path, 'expected http or tcp, found neither');
  if (pool.http !== undefined) checkHttp(pool.http, `${path}.http`, report);
  if (pool.tcp !== undefined) checkTcp(pool.tcp, `${path}.tcp`, report);
}

function checkHttp(http: ConnectionPoolSettings_HTTPSettings, path: string, report: Report): void {
  const limits = [
    'http1MaxPendingRequests',
    'http2MaxRequests',
    'maxRequestsPerConnection',
    'maxRetries',
    'maxConcurrentStreams',
  ] as const;
  for (const field of limits) checkNotNegative(http[field], `${path}.${field}`, report);
  checkDuration(http.idleTimeout, `${path}.idleTimeout`, report);
  checkDuration(http.http2KeepAlive?.interval, `${path}.http2KeepAlive.interval`, report);
  checkDuration(http.http2KeepAlive?.timeout, `${path}.http2KeepAlive.timeout`, report);
  if (http.useClientProtocol && http.h2UpgradePolicy === H2UpgradePolicy.UPGRADE)
    report(`${path}.useClientProtocol`, 'expected false where h2UpgradePolicy is UPGRADE');
}

function checkTcp(tcp: ConnectionPoolSettings_TCPSettings, path: string, report: Report): void {
  checkNotNegative(tcp.maxConnections, `${path}.maxConnections`, report);
  checkDuration(tcp.connectTimeout, `${path}.connectTimeout`, report);
  checkDuration(tcp.maxConnectionDuration, `${path}.maxConnectionDuration`, report);
  // Zero turns this one off.
  if (tcp.idleTimeout !== undefined && durationMillis(tcp.idleTimeout) !== 0)
    checkDuration(tcp.idleTimeout, `${path}.idleTimeout`, report);
  checkTcpKeepalive(tcp.tcpKeepalive, `${path}.tcpKeepalive`, report);
}

/** Checks TCP keep-alive, of which the classic API takes every duration and the system whole seconds. */
export function checkTcpKeepalive(
  keepalive: ConnectionPoolSettings_TCPSettings_TcpKeepalive | undefined,
  path: string,
  report: Report,
): void {
  const check = (duration: DurationValue | undefined, field: string): void => {
    if (duration !== undefined && durationMillis(duration) < 1000)
      report(
        `${path}.${field}`,
        `expected a duration of at least 1s, found ${formatDuration(duration)}`,
        'warning',
      );
  };
  check(keepalive?.time, 'time');
  check(keepalive?.interval, 'interval');
}
