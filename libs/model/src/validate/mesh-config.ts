import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { ProxyConfig } from '@quintet/proto/istio/mesh/v1alpha1/proxy_config_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { type DurationValue, durationMillis, formatDuration } from '../duration.ts';
import type { Finding } from '../finding.ts';
import { isIp } from '../ip.ts';
import { checkLocalityLoadBalancing } from './locality.ts';
import { isDnsLabel, isFqdn } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkDuration, checkNotNegative, checkPort } from './values.ts';

const MOST_CONNECT_MS = 30_000;
const MOST_DRAIN_MS = 3_600_000;

/** Checks the mesh configuration. Its paths begin with the field, because its file holds nothing else. */
export function validateMeshConfig({ spec }: ConfigObject<MeshConfig>): readonly Finding[] {
  return collect((report) => {
    checkPort(spec.proxyListenPort, 'proxyListenPort', report);
    if (spec.proxyHttpPort !== 0) checkPort(spec.proxyHttpPort, 'proxyHttpPort', report);
    checkConnectTimeout(spec.connectTimeout, 'connectTimeout', report);
    checkDuration(spec.dnsRefreshRate, 'dnsRefreshRate', report);
    checkDuration(spec.reportBatchMaxTime, 'reportBatchMaxTime', report);
    if (spec.protocolDetectionTimeout !== undefined && durationMillis(spec.protocolDetectionTimeout) !== 0) {
      checkDuration(spec.protocolDetectionTimeout, 'protocolDetectionTimeout', report);
    }
    checkAddress(spec.mixerCheckServer, 'mixerCheckServer', report);
    checkAddress(spec.mixerReportServer, 'mixerReportServer', report);
    if (!isFqdn(spec.trustDomain))
      report('trustDomain', `expected a DNS name, found ${shown(spec.trustDomain)}`);
    for (const [index, alias] of spec.trustDomainAliases.entries()) {
      if (!isFqdn(alias))
        report(`trustDomainAliases[${index}]`, `expected a DNS name, found ${shown(alias)}`);
    }
    if (!isDnsLabel(spec.rootNamespace)) {
      report('rootNamespace', `expected a namespace, found ${shown(spec.rootNamespace)}`);
    }
    for (const field of EXPORTS) checkDefaultExport(spec[field], field, report);
    checkLocalityLoadBalancing(spec.localityLbSetting, 'localityLbSetting', report);
    if (spec.defaultConfig === undefined)
      report('defaultConfig', 'expected the configuration of proxies, found none');
    else checkProxyConfig(spec.defaultConfig, report);
  });
}

const EXPORTS = [
  'defaultServiceExportTo',
  'defaultVirtualServiceExportTo',
  'defaultDestinationRuleExportTo',
] as const;

function checkDefaultExport(exportTo: readonly string[], path: string, report: Report): void {
  if (exportTo.length > 1) report(path, `expected at most one entry, found ${exportTo.length}`);
  for (const [index, entry] of exportTo.entries()) {
    if (entry !== '.' && entry !== '*')
      report(`${path}[${index}]`, `expected "." or "*", found ${shown(entry)}`);
  }
}

function checkConnectTimeout(timeout: DurationValue | undefined, path: string, report: Report): void {
  checkDuration(timeout, path, report);
  if (timeout !== undefined && durationMillis(timeout) > MOST_CONNECT_MS) {
    report(path, `expected at most 30s, found ${formatDuration(timeout)}`);
  }
}

/** `host:port`, where one is given. */
function checkAddress(address: string, path: string, report: Report): void {
  if (address === '') return;
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(0, colon)).replace(/^\[(.*)\]$/, '$1');
  const port = Number(/^[0-9]{1,5}$/.exec(address.slice(colon + 1))?.[0] ?? 0);
  const right = (isFqdn(host) || isIp(host)) && port >= 1 && port <= 65_535;
  if (!right) report(path, `expected host:port, found ${shown(address)}`);
}

function checkProxyConfig(config: ProxyConfig, report: Report): void {
  const path = 'defaultConfig';
  checkAddress(config.discoveryAddress, `${path}.discoveryAddress`, report);
  checkAddress(config.statsdUdpAddress, `${path}.statsdUdpAddress`, report);
  checkAddress(config.envoyAccessLogService?.address ?? '', `${path}.envoyAccessLogService.address`, report);
  checkAddress(config.envoyMetricsService?.address ?? '', `${path}.envoyMetricsService.address`, report);
  checkConnectTimeout(config.connectTimeout, `${path}.connectTimeout`, report);
  checkPort(config.proxyAdminPort, `${path}.proxyAdminPort`, report);
  checkNotNegative(config.concurrency, `${path}.concurrency`, report);
  if (config.serviceCluster === '' && config.clusterName.case === undefined) {
    report(`${path}.serviceCluster`, 'expected a name, found none');
  }
  checkShutdown(config, path, report);
  checkTracing(config, `${path}.tracing`, report);
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

function checkTracing({ tracing }: ProxyConfig, path: string, report: Report): void {
  const tracer = tracing?.tracer;
  if (tracer?.case !== 'zipkin' && tracer?.case !== 'datadog' && tracer?.case !== 'lightstep') return;
  const { address } = tracer.value;
  if (address === '') report(`${path}.${tracer.case}.address`, 'expected host:port, found none');
  // An address may be taken from the proxy's environment.
  else if (!address.startsWith('$')) checkAddress(address, `${path}.${tracer.case}.address`, report);
  if (tracer.case === 'lightstep' && tracer.value.accessToken === '') {
    report(`${path}.lightstep.accessToken`, 'expected a token, found none');
  }
}
