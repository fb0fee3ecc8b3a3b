import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { durationMillis } from '../duration.ts';
import type { Finding } from '../finding.ts';
import { checkClientTls } from './client-tls.ts';
import { checkConnectionPool, checkTcpKeepalive } from './connection-pool.ts';
import { checkRetries } from './http-route.ts';
import { checkLocalityLoadBalancing, checkZoneAwareLoadBalancing } from './locality.ts';
import { checkExportTo, isDnsLabel, isFqdn } from './names.ts';
import { checkAddress, checkConnectTimeout, checkProxyConfig } from './proxy-config.ts';
import { collect, type Report, shown } from './report.ts';
import { checkOutlierDetection } from './traffic-policy.ts';
import { checkDuration, checkPort } from './values.ts';

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
    for (const path of EXPORTS)
      checkExportTo(spec[path], report, { path, nobody: path === 'defaultServiceExportTo' });
    checkRetries(spec.defaultHttpRetryPolicy, 'defaultHttpRetryPolicy', report);
    checkConnectionPool(
      spec.defaultTrafficPolicy?.connectionPool,
      'defaultTrafficPolicy.connectionPool',
      report,
    );
    checkOutlierDetection(
      spec.defaultTrafficPolicy?.outlierDetection,
      'defaultTrafficPolicy.outlierDetection',
      report,
    );
    checkTcpKeepalive(spec.tcpKeepalive, 'tcpKeepalive', report);
    checkConfigSources(spec, report);
    checkLocalityLoadBalancing(spec.localityLbSetting, 'localityLbSetting', report);
    checkZoneAwareLoadBalancing(spec.zoneAwareLbSetting, 'zoneAwareLbSetting', report);
    if (spec.defaultConfig === undefined)
      report('defaultConfig', 'expected the configuration of proxies, found none');
    else checkProxyConfig(spec.defaultConfig, report);
  });
}

/** Where configuration comes from: an MCP source, a folder, or Kubernetes. */
function checkConfigSources({ configSources }: MeshConfig, report: Report): void {
  for (const [index, { address, tlsSettings }] of configSources.entries()) {
    const path = `configSources[${index}]`;
    if (!/^(fs|k8s|xds):\/\//.test(address)) {
      if (address === '') report(`${path}.address`, 'expected host:port, found none');
      checkAddress(address, `${path}.address`, report);
    }
    checkClientTls(tlsSettings, `${path}.tlsSettings`, report);
  }
}

const EXPORTS = [
  'defaultServiceExportTo',
  'defaultVirtualServiceExportTo',
  'defaultDestinationRuleExportTo',
] as const;
