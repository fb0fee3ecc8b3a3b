import type { ProxyConfig, Tracing } from '@quintet/proto/istio/mesh/v1alpha1/proxy_config_pb.js';
import { childPath } from '../decode/located.ts';
import { type DurationValue, durationMillis, formatDuration } from '../duration.ts';
import { isIp } from '../ip.ts';
import { checkClientTls } from './client-tls.ts';
import { isFqdn } from './names.ts';
import { type Report, shown } from './report.ts';
import { checkDuration, checkNotNegative, checkPercent, checkPort } from './values.ts';

const MOST_CONNECT_MS = 30_000;
const MOST_DRAIN_MS = 3_600_000;

/** Checks how proxies are started, which is `defaultConfig` of the mesh configuration. */
export function checkProxyConfig(config: ProxyConfig, report: Report): void {
  const path = 'defaultConfig';
  for (const field of ['configPath', 'binaryPath'] as const) {
    if (config[field] === '') report(`${path}.${field}`, 'expected a path, found none');
  }
  if (config.serviceCluster === '' && config.clusterName.case === undefined)
    report(`${path}.serviceCluster`, 'expected a name, found none');
  checkAddress(config.discoveryAddress, `${path}.discoveryAddress`, report);
  checkAddress(config.statsdUdpAddress, `${path}.statsdUdpAddress`, report);
  checkAddress(config.zipkinAddress, `${path}.zipkinAddress`, report);
  checkAddress(config.envoyMetricsServiceAddress, `${path}.envoyMetricsServiceAddress`, report);
  for (const service of ['envoyAccessLogService', 'envoyMetricsService'] as const) {
    checkAddress(config[service]?.address ?? '', `${path}.${service}.address`, report);
    checkClientTls(config[service]?.tlsSettings, `${path}.${service}.tlsSettings`, report);
  }
  checkConnectTimeout(config.connectTimeout, `${path}.connectTimeout`, report);
  checkPort(config.proxyAdminPort, `${path}.proxyAdminPort`, report);
  if (config.statusPort !== 0) checkPort(config.statusPort, `${path}.statusPort`, report);
  checkNotNegative(config.concurrency, `${path}.concurrency`, report);
  checkShutdown(config, path, report);
  if (config.tracing !== undefined) checkTracing(config.tracing, `${path}.tracing`, report);
}

/** Checks a connect timeout: 1ms to 30s. */
export function checkConnectTimeout(timeout: DurationValue | undefined, path: string, report: Report): void {
  checkDuration(timeout, path, report);
  if (timeout !== undefined && durationMillis(timeout) > MOST_CONNECT_MS) {
    report(path, `expected at most 30s, found ${formatDuration(timeout)}`);
  }
}

/** Checks `host:port`, where one is given. */
export function checkAddress(address: string, path: string, report: Report): void {
  if (address === '') return;
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(0, colon)).replace(/^\[(.*)\]$/, '$1');
  const port = Number(/^[0-9]{1,5}$/.exec(address.slice(colon + 1))?.[0] ?? 0);
  const right = (isFqdn(host) || isIp(host)) && port >= 1 && port <= 65_535;
  if (!right) report(path, `expected host:port, found ${shown(address)}`);
}

function checkShutdown(
  { drainDuration, parentShutdownDuration }: ProxyConfig,
  path: string,
  report: Report,
): void {
  for (const [field, duration] of Object.entries({ drainDuration, parentShutdownDuration })) {
    if (duration === undefined) continue;
    const millis = durationMillis(duration);
    if (millis < 1000 || millis % 1000 !== 0 || millis > MOST_DRAIN_MS) {
      report(`${path}.${field}`, `expected whole seconds from 1s to 1h, found ${formatDuration(duration)}`);
    }
  }
  if (drainDuration === undefined || parentShutdownDuration === undefined) return;
  if (durationMillis(parentShutdownDuration) <= durationMillis(drainDuration)) {
    report(`${path}.parentShutdownDuration`, 'expected a longer duration than drainDuration');
  }
}

function checkTracing(tracing: Tracing, path: string, report: Report): void {
  const { tracer, customTags, sampling, tlsSettings } = tracing;
  checkPercent(sampling, `${path}.sampling`, report);
  for (const [name, { type }] of Object.entries(customTags)) {
    const at = childPath(`${path}.customTags`, name);
    if (type.case === undefined) report(at, 'expected literal, environment or header, found none');
    else if (type.case === 'literal' ? type.value.value === '' : type.value.name === '')
      report(`${at}.${type.case}`, 'expected a value, found an empty one');
  }
  if (tracer.case === undefined || tracer.case === 'stackdriver') return;
  checkTracerAddress(tracer.value.address, `${path}.${tracer.case}.address`, report);
  if (tracer.case !== 'lightstep') return;
  const { accessToken, secure, cacertPath } = tracer.value;
  if (accessToken === '') report(`${path}.lightstep.accessToken`, 'expected a token, found none');
  if (secure && cacertPath === '' && tlsSettings === undefined)
    report(`${path}.lightstep.cacertPath`, 'secure needs the path of roots, found none');
}

/** `host:port`; parts of it may be taken from the proxy's environment, such as `$(HOST_IP):8126`. */
function checkTracerAddress(address: string, path: string, report: Report): void {
  if (address === '') report(path, 'expected host:port, found none');
  else if (/^\$\([A-Za-z_][A-Za-z0-9_]*\)$/.test(address)) return;
  else if (!isHostPort(address.replaceAll(/\$\([A-Za-z_][A-Za-z0-9_]*\)/g, '1.1.1.1')))
    report(path, `expected host:port, found ${shown(address)}`);
}

function isHostPort(address: string): boolean {
  let right = true;
  checkAddress(address, '', () => {
    right = false;
  });
  return right;
}
