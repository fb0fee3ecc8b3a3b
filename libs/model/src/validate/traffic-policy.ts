import type {
  OutlierDetection,
  TrafficPolicy,
  TrafficPolicy_PortTrafficPolicy,
  TrafficPolicy_TunnelSettings,
} from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { isIp } from '../ip.ts';
import { checkClientTls } from './client-tls.ts';
import { checkConnectionPool } from './connection-pool.ts';
import { checkLoadBalancer } from './load-balancer.ts';
import { isFqdn } from './names.ts';
import { type Report, shown } from './report.ts';
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
  if (tunnel && proxyProtocol)
    report(`${path}.proxyProtocol`, 'expected one of tunnel and proxyProtocol, found both');
  checkTunnel(tunnel, `${path}.tunnel`, report);
  const share = retryBudget?.percent;
  if (share !== undefined) checkPercent(share, `${path}.retryBudget.percent`, report);
}

function checkTunnel(tunnel: TrafficPolicy_TunnelSettings | undefined, path: string, report: Report): void {
  if (tunnel === undefined) return;
  const { protocol, targetHost, targetPort } = tunnel;
  if (protocol !== '' && protocol !== 'CONNECT' && protocol !== 'POST')
    report(`${path}.protocol`, `expected CONNECT or POST, found ${shown(protocol)}`);
  if (!isFqdn(targetHost) && !isIp(targetHost))
    report(`${path}.targetHost`, `expected a DNS name or an IP address, found ${shown(targetHost)}`);
  checkPort(targetPort, `${path}.targetPort`, report);
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

/** Checks when endpoints are left out. */
export function checkOutlierDetection(
  outlier: OutlierDetection | undefined,
  path: string,
  report: Report,
): void {
  if (outlier === undefined) return;
  checkDuration(outlier.interval, `${path}.interval`, report);
  checkDuration(outlier.baseEjectionTime, `${path}.baseEjectionTime`, report);
  checkNotNegative(outlier.consecutiveErrors, `${path}.consecutiveErrors`, report);
  checkPercent(outlier.maxEjectionPercent, `${path}.maxEjectionPercent`, report);
  checkPercent(outlier.minHealthPercent, `${path}.minHealthPercent`, report);
  if ((outlier.consecutiveLocalOriginFailures ?? 0) > 0 && !outlier.splitExternalLocalOriginErrors) {
    const message = 'expected none where splitExternalLocalOriginErrors is not true';
    report(`${path}.consecutiveLocalOriginFailures`, message);
  }
  for (const [index, status] of outlier.outlierDetectionHttpErrorCodes.entries()) {
    if (status < 100 || status > 599)
      report(
        `${path}.outlierDetectionHttpErrorCodes[${index}]`,
        `expected a status from 100 to 599, found ${status}`,
      );
  }
}
