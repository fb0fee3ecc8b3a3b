import {
  type Gateway,
  Server_TLSOptions_TLSmode as Mode,
  type Server,
  type Server_TLSOptions,
} from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { isIp } from '../ip.ts';
import { isTlsProtocol, parseProtocol } from '../port-protocol.ts';
import { checkDnsLabel, checkHostPattern, checkSelector, checkUnique, isDnsLabel } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkNamedPort } from './values.ts';

/** Checks a Gateway. */
export function validateGateway({ name, spec }: ConfigObject<Gateway>): readonly Finding[] {
  return collect((report) => {
    checkDnsLabel(name, 'metadata.name', report);
    checkSelector(spec.selector, 'spec.selector', report);
    if (spec.servers.length === 0) report('spec.servers', 'expected at least one server, found none');
    for (const [index, server] of spec.servers.entries())
      checkServer(server, `spec.servers[${index}]`, report);
    const names = spec.servers.map((server, index) => {
      return { value: server.port?.name ?? '', path: `spec.servers[${index}].port.name` };
    });
    checkUnique(
      names.filter((each) => each.value !== ''),
      'the port name',
      report,
    );
  });
}

function checkServer(server: Server, path: string, report: Report): void {
  checkNamedPort(server.port, `${path}.port`, report);
  if (server.hosts.length === 0) report(`${path}.hosts`, 'expected at least one host, found none');
  for (const [index, host] of server.hosts.entries())
    checkServerHost(host, `${path}.hosts[${index}]`, report);
  if (server.bind !== '' && !isIp(server.bind)) {
    report(`${path}.bind`, `expected an IP address, found ${shown(server.bind)}`);
  }
  const protocol = parseProtocol(server.port?.protocol ?? '');
  const { tls } = server;
  if (protocol === 'udp') report(`${path}.port.protocol`, 'a gateway has no ports of UDP');
  if (tls === undefined) {
    if (isTlsProtocol(protocol))
      report(`${path}.tls`, `expected tls for a port of ${shown(server.port?.protocol ?? '')}`);
    return;
  }
  if (!isTlsProtocol(protocol)) {
    const redirects = protocol === 'http' && tls.httpsRedirect;
    if (!redirects)
      report(`${path}.tls`, 'a port without TLS has no tls, but for httpsRedirect on a port of HTTP');
    else if (tls.mode !== Mode.PASSTHROUGH)
      report(`${path}.tls.mode`, 'httpsRedirect on a port of HTTP has no TLS mode');
    return;
  }
  if (tls.httpsRedirect) report(`${path}.tls.httpsRedirect`, 'only a port of HTTP can redirect to HTTPS');
  checkTls(tls, `${path}.tls`, report);
}

function checkServerHost(host: string, path: string, report: Report): void {
  const slash = host.indexOf('/');
  const namespace = slash < 0 ? undefined : host.slice(0, slash);
  if (namespace !== undefined && namespace !== '.' && namespace !== '*' && !isDnsLabel(namespace)) {
    report(path, `expected ".", "*" or a namespace before the "/", found ${shown(namespace)}`);
  }
  checkHostPattern(host.slice(slash + 1), path, report);
}

const CERTIFICATE_FIELDS = ['serverCertificate', 'privateKey', 'caCertificates'] as const;

function checkTls(tls: Server_TLSOptions, path: string, report: Report): void {
  if (tls.mode === Mode.ISTIO_MUTUAL) {
    for (const field of [...CERTIFICATE_FIELDS, 'credentialName'] as const) {
      if (tls[field] !== '')
        report(`${path}.${field}`, 'ISTIO_MUTUAL uses the certificates of the workload: expected none');
    }
  }
  if (tls.credentialName === '' && (tls.mode === Mode.SIMPLE || tls.mode === Mode.MUTUAL)) {
    const needed = tls.mode === Mode.SIMPLE ? CERTIFICATE_FIELDS.slice(0, 2) : CERTIFICATE_FIELDS;
    for (const field of needed) {
      if (tls[field] === '')
        report(`${path}.${field}`, `${Mode[tls.mode]} needs a file, or credentialName; found none`);
    }
  }
  const { minProtocolVersion: least, maxProtocolVersion: most } = tls;
  if (least !== 0 && most !== 0 && least > most) {
    report(`${path}.maxProtocolVersion`, 'expected a version that is not below minProtocolVersion');
  }
}
