import {
  CaptureMode,
  type IstioEgressListener,
  type IstioIngressListener,
  type Sidecar,
} from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import { ServerTLSSettings_TLSmode as Mode } from '@quintet/proto/istio/networking/v1alpha3/tls_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { isIp } from '../ip.ts';
import { checkConnectionPool } from './connection-pool.ts';
import { checkDestination } from './destination.ts';
import { checkDnsLabel, checkHostPattern, checkUnique, isDnsLabel } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkServerTls } from './server-tls.ts';
import { checkNamedPort, checkPort, checkProtocol, isUnixAddress } from './values.ts';
import { checkWorkloadSelector } from './workload-selector.ts';

/**
 * Checks a Sidecar. The classic API wants egress listeners; for later releases anything else that is said is enough,
 * and everything can be reached then.
 */
export function validateSidecar({ spec }: ConfigObject<Sidecar>): readonly Finding[] {
  return collect((report) => {
    checkWorkloadSelector(spec.workloadSelector, report);
    const { ingress, egress, outboundTrafficPolicy, inboundConnectionPool } = spec;
    const empty = ingress.length === 0 && !outboundTrafficPolicy && !inboundConnectionPool;
    if (egress.length === 0 && empty)
      report('spec.egress', 'expected at least one egress listener, found none');
    for (const [index, listener] of ingress.entries())
      checkIngress(listener, `spec.ingress[${index}]`, report);
    const ports = ingress.flatMap(({ port }, index) =>
      port === undefined ? [] : [{ value: port.number, path: `spec.ingress[${index}].port.number` }],
    );
    checkUnique(ports, 'the ingress port', report);
    checkAllEgress(egress, report);
    checkConnectionPool(inboundConnectionPool, 'spec.inboundConnectionPool', report);
    const proxy = outboundTrafficPolicy?.egressProxy;
    if (proxy !== undefined) checkDestination(proxy, 'spec.outboundTrafficPolicy.egressProxy', report);
  });
}

function checkIngress(listener: IstioIngressListener, path: string, report: Report): void {
  if (listener.bind !== '' && !isIp(listener.bind)) {
    report(`${path}.bind`, `expected an IP address, found ${shown(listener.bind)}`);
  }
  checkNamedPort(listener.port, `${path}.port`, report, { detects: true, unnamed: true });
  checkDefaultEndpoint(listener.defaultEndpoint, `${path}.defaultEndpoint`, report);
  checkConnectionPool(listener.connectionPool, `${path}.connectionPool`, report);
  const { tls } = listener;
  if (tls === undefined) return;
  if (tls.mode !== Mode.SIMPLE && tls.mode !== Mode.MUTUAL && tls.mode !== Mode.OPTIONAL_MUTUAL)
    report(`${path}.tls.mode`, `expected SIMPLE or MUTUAL, found ${Mode[tls.mode] ?? tls.mode}`);
  checkServerTls(tls, `${path}.tls`, report);
}

/**
 * Where the application listens. The classic API takes 127.0.0.1, which may be left out, and Unix sockets; later
 * releases also the address of the workload, which 0.0.0.0 stands for, and IPv6.
 */
function checkDefaultEndpoint(endpoint: string, path: string, report: Report): void {
  if (endpoint.startsWith('unix:')) {
    if (!isUnixAddress(endpoint)) report(path, `expected unix:///path, found ${shown(endpoint)}`);
    return;
  }
  const [, port] = /^(?:127\.0\.0\.1|0\.0\.0\.0|\[::1?\])?:([0-9]{1,5})$/.exec(endpoint) ?? [];
  if (port === undefined) {
    const found = endpoint === '' ? 'none' : shown(endpoint);
    report(path, `expected 127.0.0.1:PORT or unix:///path, found ${found}`);
  } else checkPort(Number(port), path, report);
}

function checkAllEgress(egress: readonly IstioEgressListener[], report: Report): void {
  for (const [index, listener] of egress.entries()) {
    const path = `spec.egress[${index}]`;
    checkEgress(listener, path, report);
    if (listener.port === undefined && index < egress.length - 1) {
      report(path, 'a listener without a port takes all other ports: expected it to be the last one');
    }
  }
  const places = egress.flatMap(({ port, bind }, index) => {
    if (port === undefined) return [];
    return [
      { value: bind.startsWith('unix:') ? bind : `${bind}:${port.number}`, path: `spec.egress[${index}]` },
    ];
  });
  checkUnique(places, 'the address and port', report);
}

function checkEgress(
  { port, bind, captureMode, hosts }: IstioEgressListener,
  path: string,
  report: Report,
): void {
  const unix = bind.startsWith('unix:');
  if (port === undefined) {
    if (bind !== '') report(`${path}.bind`, 'an address needs a port');
  } else {
    if (!unix || port.number !== 0) checkPort(port.number, `${path}.port.number`, report);
    if (port.protocol !== '') checkProtocol(port.protocol, `${path}.port.protocol`, report);
    if (port.name !== '') checkDnsLabel(port.name, `${path}.port.name`, report);
  }
  if (unix) {
    if (!isUnixAddress(bind)) report(`${path}.bind`, `expected unix:///path, found ${shown(bind)}`);
    if (captureMode !== CaptureMode.DEFAULT && captureMode !== CaptureMode.NONE) {
      report(`${path}.captureMode`, 'a Unix socket has the capture mode DEFAULT or NONE');
    }
  } else if (bind !== '' && !isIp(bind))
    report(`${path}.bind`, `expected an IP address or unix:///path, found ${shown(bind)}`);
  if (hosts.length === 0) report(`${path}.hosts`, 'expected at least one host, found none');
  for (const [index, host] of hosts.entries()) checkEgressHost(host, `${path}.hosts[${index}]`, report);
}

function checkEgressHost(host: string, path: string, report: Report): void {
  const slash = host.indexOf('/');
  if (slash < 0) {
    report(
      path,
      `expected namespace/host, such as "./*" or "*/reviews.shop.svc.cluster.local"; found ${shown(host)}`,
    );
    return;
  }
  const namespace = host.slice(0, slash);
  if (!['*', '.', '~'].includes(namespace) && !isDnsLabel(namespace)) {
    report(path, `expected "*", ".", "~" or a namespace before the "/", found ${shown(namespace)}`);
  }
  const name = host.slice(slash + 1);
  if (!name.includes('.') && name !== '*' && name !== 'localhost')
    report(path, `expected a full DNS name or a wildcard after the "/", found ${shown(name)}`);
  else checkHostPattern(name, path, report);
}
