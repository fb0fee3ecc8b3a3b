import type { Gateway, Server } from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import { Server_TLSOptions_TLSmode as Mode } from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { isIp } from '../ip.ts';
import { isHttpProtocol, isTlsProtocol, parseProtocol } from '../port-protocol.ts';
import { checkDnsLabel, checkUnique, isDnsLabel, isHostPattern, warnOfLabels } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkServerTls } from './server-tls.ts';
import { checkNamedPort, isUnixAddress } from './values.ts';

/** Checks a Gateway. */
export function validateGateway({ name, spec }: ConfigObject<Gateway>): readonly Finding[] {
  return collect((report) => {
    checkDnsLabel(name, 'metadata.name', report);
    warnOfLabels(spec.selector, 'spec.selector', report);
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
  const { port, hosts, bind } = server;
  // A Unix socket has the port 0.
  const socket = isUnixAddress(bind);
  const named = socket && port?.number === 0 ? { ...port, number: 1 } : port;
  checkNamedPort(named, `${path}.port`, report, { udp: false });
  if (hosts.length === 0) report(`${path}.hosts`, 'expected at least one host, found none');
  for (const [index, host] of hosts.entries()) checkServerHost(host, `${path}.hosts[${index}]`, report);
  if (bind !== '' && !socket && !isIp(bind))
    report(`${path}.bind`, `expected an IP address or unix:///path, found ${shown(bind)}`);
  if (socket && port !== undefined && port.number !== 0)
    report(`${path}.port.number`, `a Unix socket has the port 0, found ${port.number}`);
  checkTls(server, path, report);
}

/** TLS has to fit the protocol of the port. */
function checkTls({ port, tls }: Server, path: string, report: Report): void {
  const written = port?.protocol ?? '';
  const protocol = parseProtocol(written);
  if (isTlsProtocol(protocol)) {
    if (tls === undefined) {
      report(`${path}.tls`, `expected tls for a port of ${shown(written)}`);
      return;
    }
    if (tls.httpsRedirect)
      report(`${path}.tls.httpsRedirect`, 'only a port of HTTP can redirect to HTTPS', 'warning');
    checkServerTls(tls, `${path}.tls`, report);
    return;
  }
  if (tls === undefined || protocol === 'unknown') return;
  if (!isHttpProtocol(protocol)) {
    report(`${path}.tls`, `a port of ${shown(written)} has no tls: expected none`);
    return;
  }
  const passes = tls.mode === Mode.PASSTHROUGH || tls.mode === Mode.AUTO_PASSTHROUGH;
  const files = [tls.serverCertificate, tls.privateKey, tls.caCertificates];
  if (!passes || files.some((file) => file !== ''))
    report(
      `${path}.tls`,
      `a port of ${shown(written)} has no tls but httpsRedirect, found ${Mode[tls.mode]}`,
    );
  else if (!tls.httpsRedirect)
    report(`${path}.tls`, `on a port of ${shown(written)} only httpsRedirect has an effect`, 'warning');
}

/** `[namespace/]host`, where the host is a full name, a wildcard or an address. */
function checkServerHost(host: string, path: string, report: Report): void {
  const slash = host.indexOf('/');
  const namespace = slash < 0 ? undefined : host.slice(0, slash);
  if (namespace !== undefined && namespace !== '.' && namespace !== '*' && !isDnsLabel(namespace)) {
    report(path, `expected ".", "*" or a namespace before the "/", found ${shown(namespace)}`);
  }
  const name = host.slice(slash + 1);
  const full = name === '*' || name.includes('.');
  if (!isIp(name) && !(full && isHostPattern(name)))
    report(path, `expected a full DNS name or a wildcard such as "*.example.com", found ${shown(name)}`);
}
