import {
  ServiceEntry_Resolution as Resolution,
  type ServiceEntry,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { isCidr, isIp } from '../ip.ts';
import { isHttpProtocol, isTlsProtocol, parseProtocol } from '../port-protocol.ts';
import { checkExportTo, checkHostPattern, checkLabels, checkUnique, isFqdn } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkNamedPort, checkPort, isUnixAddress } from './values.ts';

/** Checks a ServiceEntry, written by a user or made by a platform. */
export function validateServiceEntry({ spec }: ConfigObject<ServiceEntry>): readonly Finding[] {
  return collect((report) => {
    checkHosts(spec, report);
    checkAddresses(spec, report);
    checkPorts(spec, report);
    checkEndpoints(spec, report);
    checkExportTo(spec.exportTo, report);
  });
}

function checkHosts({ hosts, resolution, ports }: ServiceEntry, report: Report): void {
  if (hosts.length === 0) report('spec.hosts', 'expected at least one host, found none');
  for (const [index, host] of hosts.entries()) {
    const path = `spec.hosts[${index}]`;
    if (!host.includes('.'))
      report(path, `expected a full DNS name or a wildcard such as "*.example.com", found ${shown(host)}`);
    else checkHostPattern(host, path, report);
  }
  const told = ports.every(({ protocol }) => {
    const known = parseProtocol(protocol);
    return isHttpProtocol(known) || isTlsProtocol(known);
  });
  if (resolution !== Resolution.NONE && hosts.length > 1 && !told) {
    report(
      'spec.hosts',
      'several hosts cannot be told apart on ports that are neither HTTP nor TLS: expected one',
    );
  }
}

function checkAddresses({ addresses, resolution }: ServiceEntry, report: Report): void {
  const ranges = resolution === Resolution.NONE || resolution === Resolution.STATIC;
  for (const [index, address] of addresses.entries()) {
    const path = `spec.addresses[${index}]`;
    if (isCidr(address)) {
      if (!ranges) report(path, `a range is for resolution NONE and STATIC only, found ${shown(address)}`);
    } else if (!isIp(address)) report(path, `expected an IP address or a range, found ${shown(address)}`);
  }
}

function checkPorts({ ports }: ServiceEntry, report: Report): void {
  for (const [index, port] of ports.entries())
    checkNamedPort(port, `spec.ports[${index}]`, report, { detects: true });
  const values = (field: 'name' | 'number') =>
    ports.map((port, index) => ({ value: port[field], path: `spec.ports[${index}].${field}` }));
  checkUnique(
    values('name').filter(({ value }) => value !== ''),
    'the port name',
    report,
  );
  checkUnique(values('number'), 'the port number', report);
}

function checkEndpoints(spec: ServiceEntry, report: Report): void {
  const { resolution, endpoints, hosts } = spec;
  if (resolution === Resolution.NONE && endpoints.length > 0) {
    report('spec.endpoints', `resolution NONE has no endpoints, found ${endpoints.length}`);
    return;
  }
  if (resolution === Resolution.STATIC && endpoints.length === 0) {
    report('spec.endpoints', 'resolution STATIC needs at least one endpoint, found none');
  }
  if (resolution === Resolution.DNS || resolution === Resolution.DNS_ROUND_ROBIN) {
    for (const [index, host] of hosts.entries()) {
      const path = `spec.hosts[${index}]`;
      if (host.startsWith('*')) report(path, `resolution DNS has no wildcards, found ${shown(host)}`);
      else if (endpoints.length === 0 && !isFqdn(host))
        report(path, `expected a DNS name, found ${shown(host)}`);
    }
  }
  for (const index of endpoints.keys()) checkEndpoint(spec, index, report);
}

function checkEndpoint(spec: ServiceEntry, index: number, report: Report): void {
  const endpoint = spec.endpoints[index];
  const path = `spec.endpoints[${index}]`;
  if (endpoint === undefined) return;
  const { address } = endpoint;
  if (address.startsWith('unix:')) {
    if (spec.resolution !== Resolution.STATIC)
      report(`${path}.address`, 'a Unix socket is for resolution STATIC only');
    if (!isUnixAddress(address)) report(`${path}.address`, `expected unix:///path, found ${shown(address)}`);
    if (Object.keys(endpoint.ports).length > 0)
      report(`${path}.ports`, 'a Unix socket has no ports: expected none');
    if (spec.ports.length !== 1)
      report('spec.ports', `a Unix socket serves one port, found ${spec.ports.length}`);
  } else if (!isIp(address)) {
    const dns = spec.resolution !== Resolution.STATIC;
    const expected = dns ? 'a DNS name or an IP address' : 'an IP address or unix:///path';
    if (!dns || !isFqdn(address)) report(`${path}.address`, `expected ${expected}, found ${shown(address)}`);
  }
  for (const [name, port] of Object.entries(endpoint.ports)) {
    const portPath = `${path}.ports.${name}`;
    if (!spec.ports.some((each) => each.name === name))
      report(portPath, `the entry has no port named ${shown(name)}`);
    checkPort(port, portPath, report);
  }
  checkLabels(endpoint.labels, `${path}.labels`, report);
}
