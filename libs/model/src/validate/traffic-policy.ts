import type {
  ConnectionPoolSettings,
  LoadBalancerSettings,
  OutlierDetection,
  TrafficPolicy,
  TrafficPolicy_PortTrafficPolicy,
} from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { type TLSSettings, TLSSettings_TLSmode } from '@quintet/proto/istio/networking/v1alpha3/tls_pb.js';
import type { Report } from './report.ts';
import { checkDuration, checkNotNegative, checkPercent, checkPort } from './values.ts';

type PolicyParts = Pick<TrafficPolicy, 'loadBalancer' | 'connectionPool' | 'outlierDetection' | 'tls'>;

/** Checks a traffic policy: it says something, and each part is in itself right. */
export function checkTrafficPolicy(policy: TrafficPolicy | undefined, path: string, report: Report): void {
  if (policy === undefined) return;
  const { portLevelSettings, tunnel, proxyProtocol, retryBudget } = policy;
  const others = portLevelSettings.length > 0 || tunnel || proxyProtocol || retryBudget;
  if (!hasParts(policy) && !others) report(path, 'expected at least one field, found none');
  checkParts(policy, path, report);
  for (const [index, settings] of portLevelSettings.entries()) {
    checkPortLevel(settings, `${path}.portLevelSettings[${index}]`, report);
  }
}

function checkPortLevel(settings: TrafficPolicy_PortTrafficPolicy, path: string, report: Report): void {
  if (settings.port === undefined) report(`${path}.port`, 'expected a port, found none');
  else checkPort(settings.port.number, `${path}.port.number`, report);
  if (!hasParts(settings)) report(path, 'expected at least one field besides port, found none');
  checkParts(settings, path, report);
}

function hasParts({ loadBalancer, connectionPool, outlierDetection, tls }: PolicyParts): boolean {
  return [loadBalancer, connectionPool, outlierDetection, tls].some((part) => part !== undefined);
}

function checkParts(policy: PolicyParts, path: string, report: Report): void {
  checkLoadBalancer(policy.loadBalancer, `${path}.loadBalancer`, report);
  checkConnectionPool(policy.connectionPool, `${path}.connectionPool`, report);
  checkOutlierDetection(policy.outlierDetection, `${path}.outlierDetection`, report);
  checkClientTls(policy.tls, `${path}.tls`, report);
}

function checkLoadBalancer(settings: LoadBalancerSettings | undefined, path: string, report: Report): void {
  if (settings?.lbPolicy.case !== 'consistentHash') return;
  const { hashKey } = settings.lbPolicy.value;
  if (hashKey.case !== 'httpCookie') return;
  const { name, ttl } = hashKey.value;
  const cookie = `${path}.consistentHash.httpCookie`;
  if (name === '') report(`${cookie}.name`, 'expected a name, found none');
  if (ttl === undefined) report(`${cookie}.ttl`, 'expected a duration, found none');
  else if (ttl.seconds < 0n || ttl.nanos < 0)
    report(`${cookie}.ttl`, 'expected a duration from 0, found a negative one');
}

/** Checks the limits of connections. */
export function checkConnectionPool(
  pool: ConnectionPoolSettings | undefined,
  path: string,
  report: Report,
): void {
  if (pool === undefined) return;
  const { http, tcp } = pool;
  if (http === undefined && tcp === undefined) report(path, 'expected http or tcp, found neither');
  if (http !== undefined) {
    const limits = [
      'http1MaxPendingRequests',
      'http2MaxRequests',
      'maxRequestsPerConnection',
      'maxRetries',
    ] as const;
    for (const field of limits) checkNotNegative(http[field], `${path}.http.${field}`, report);
    checkDuration(http.idleTimeout, `${path}.http.idleTimeout`, report);
  }
  if (tcp !== undefined) {
    checkNotNegative(tcp.maxConnections, `${path}.tcp.maxConnections`, report);
    checkDuration(tcp.connectTimeout, `${path}.tcp.connectTimeout`, report);
    checkDuration(tcp.tcpKeepalive?.time, `${path}.tcp.tcpKeepalive.time`, report);
    checkDuration(tcp.tcpKeepalive?.interval, `${path}.tcp.tcpKeepalive.interval`, report);
  }
}

function checkOutlierDetection(outlier: OutlierDetection | undefined, path: string, report: Report): void {
  if (outlier === undefined) return;
  checkDuration(outlier.interval, `${path}.interval`, report);
  checkDuration(outlier.baseEjectionTime, `${path}.baseEjectionTime`, report);
  checkNotNegative(outlier.consecutiveErrors, `${path}.consecutiveErrors`, report);
  checkPercent(outlier.maxEjectionPercent, `${path}.maxEjectionPercent`, report);
  checkPercent(outlier.minHealthPercent, `${path}.minHealthPercent`, report);
}

const CLIENT_FILES = ['clientCertificate', 'privateKey', 'caCertificates'] as const;

/** Checks how a client speaks TLS. */
export function checkClientTls(tls: TLSSettings | undefined, path: string, report: Report): void {
  if (tls === undefined) return;
  if (tls.mode === TLSSettings_TLSmode.MUTUAL) {
    for (const field of CLIENT_FILES.slice(0, 2)) {
      if (tls[field] === '') report(`${path}.${field}`, 'MUTUAL needs a file, found none');
    }
  }
  if (tls.mode === TLSSettings_TLSmode.ISTIO_MUTUAL) {
    for (const field of CLIENT_FILES) {
      if (tls[field] !== '')
        report(`${path}.${field}`, 'ISTIO_MUTUAL uses the certificates of the workload: expected none');
    }
  }
}
