import {
  CaptureMode,
  type IstioEgressListener,
  type IstioIngressListener,
  type Sidecar,
} from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { isIp } from '../ip.ts';
import { checkHostPattern, checkSelector, checkUnique, isDnsLabel } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkNamedPort, checkPort, checkProtocol, isUnixAddress } from './values.ts';

/** Checks a Sidecar. */
export function validateSidecar({ spec }: ConfigObject<Sidecar>): readonly Finding[] {
  return collect((report) => {
    if (spec.workloadSelector !== undefined) {
      const { labels } = spec.workloadSelector;
      if (Object.keys(labels).length === 0)
        report('spec.workloadSelector.labels', 'expected at least one label, found none');
      checkSelector(labels, 'spec.workloadSelector.labels', report);
    }
    if (spec.egress.length === 0) report('spec.egress', 'expected at least one egress listener, found none');
    for (const [index, listener] of spec.ingress.entries())
      checkIngress(listener, `spec.ingress[${index}]`, report);
    const ports = spec.ingress.flatMap(({ port }, index) =>
      port === undefined ? [] : [{ value: port.number, path: `spec.ingress[${index}].port.number` }],
    );
    checkUnique(ports, 'the ingress port', report);
    checkAllEgress(spec.egress, report);
  });
}

function checkIngress(listener: IstioIngressListener, path: string, report: Report): void {
  if (listener.bind !== '' && !isIp(listener.bind)) {
    report(`${path}.bind`, `expected an IP address, found ${shown(listener.bind)}`);
  }
  checkNamedPort(listener.port, `${path}.port`, report);
  const { defaultEndpoint } = listener;
  if (defaultEndpoint.startsWith('unix:')) {
    if (!isUnixAddress(defaultEndpoint)) {
      report(`${path}.defaultEndpoint`, `expected unix:///path, found ${shown(defaultEndpoint)}`);
    }
    return;
  }
  const [, port] = /^127\.0\.0\.1:([0-9]{1,5})$/.exec(defaultEndpoint) ?? [];
  if (port === undefined) {
    const found = defaultEndpoint === '' ? 'none' : shown(defaultEndpoint);
    report(`${path}.defaultEndpoint`, `expected 127.0.0.1:PORT or unix:///path, found ${found}`);
  } else checkPort(Number(port), `${path}.defaultEndpoint`, report);
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
    checkProtocol(port.protocol, `${path}.port.protocol`, report);
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
  checkHostPattern(host.slice(slash + 1), path, report);
}
