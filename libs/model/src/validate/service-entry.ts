import {
  ServiceEntry_Resolution as Resolution,
  type ServiceEntry,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { isCidr, isIp } from '../ip.ts';
import { isHttpProtocol, isTlsProtocol, parseProtocol } from '../port-protocol.ts';
import { checkEndpoint } from './endpoint.ts';
import { checkExportTo, checkHostPattern, checkUnique } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkNamedPort, checkPort } from './values.ts';
import { checkWorkloadSelector } from './workload-selector.ts';

/** Checks a ServiceEntry that a user has written. */
export function validateServiceEntry({ namespace, spec }: ConfigObject<ServiceEntry>): readonly Finding[] {
  return collect((report) => {
    checkHosts(spec, report);
    checkAddresses(spec, report);
    checkPorts(spec, report);
    checkEndpoints(spec, report);
    checkExportTo(spec.exportTo, report, { namespace, nobody: true });
  });
}

/**
 * Checks what was made of a service of a platform. Rules for what users write do not hold: such a service may have no
 * endpoint at the moment, ports without name or known protocol, endpoints that its clients choose by themselves
 * (resolution NONE), and an endpoint that does not serve all of its ports.
 */
export function validateSyntheticServiceEntry({ spec }: ConfigObject<ServiceEntry>): readonly Finding[] {
  return collect((report) => {
    checkHostNames(spec, report);
    for (const [index, { address }] of spec.endpoints.entries())
      if (address === '') report(`spec.endpoints[${index}].address`, 'expected an address, found none');
  });
}

function checkHosts(spec: ServiceEntry, report: Report): void {
  const { hosts, resolution, ports } = spec;
  checkHostNames(spec, report);
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

function checkHostNames({ hosts }: ServiceEntry, report: Report): void {
  if (hosts.length === 0) report('spec.hosts', 'expected at least one host, found none');
  for (const [index, host] of hosts.entries()) {
    const path = `spec.hosts[${index}]`;
    if (!host.includes('.'))
      report(path, `expected a full DNS name or a wildcard such as "*.example.com", found ${shown(host)}`);
    else checkHostPattern(host, path, report);
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
  for (const [index, port] of ports.entries()) {
    checkNamedPort(port, `spec.ports[${index}]`, report, { detects: true });
    if (port.targetPort !== 0) checkPort(port.targetPort, `spec.ports[${index}].targetPort`, report);
  }
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
  const { resolution, endpoints, workloadSelector } = spec;
  if (workloadSelector !== undefined) {
    if (endpoints.length > 0)
      report('spec.endpoints', `expected one of endpoints and workloadSelector, found both`);
    checkWorkloadSelector(workloadSelector, report);
  }
  switch (resolution) {
    case Resolution.NONE:
      if (endpoints.length > 0)
        report('spec.endpoints', `resolution NONE has no endpoints, found ${endpoints.length}`);
      return;
    case Resolution.STATIC:
      if (endpoints.length === 0 && workloadSelector === undefined)
        report('spec.endpoints', 'resolution STATIC needs at least one endpoint, found none');
      break;
    case Resolution.DYNAMIC_DNS:
      if (endpoints.length > 0)
        report('spec.endpoints', `resolution DYNAMIC_DNS has no endpoints, found ${endpoints.length}`);
      return;
    default:
      checkResolvedHosts(spec, report);
  }
  for (const [index, endpoint] of endpoints.entries()) {
    const path = `spec.endpoints[${index}]`;
    const isStatic = resolution === Resolution.STATIC;
    checkEndpoint(endpoint, path, report, { names: !isStatic, sockets: isStatic });
    for (const name of Object.keys(endpoint.ports)) {
      if (!spec.ports.some((each) => each.name === name))
        report(childPath(`${path}.ports`, name), `the entry has no port named ${shown(name)}`);
    }
  }
  const socket = endpoints.some(({ address }) => address.startsWith('unix:'));
  if (socket && spec.ports.length !== 1)
    report('spec.ports', `a Unix socket serves one port, found ${spec.ports.length}`);
}

/** With DNS the names of the endpoints are resolved, or those of the entry. */
function checkResolvedHosts({ resolution, hosts, endpoints }: ServiceEntry, report: Report): void {
  if (resolution === Resolution.DNS_ROUND_ROBIN && endpoints.length > 1)
    report(
      'spec.endpoints',
      `resolution DNS_ROUND_ROBIN has one endpoint at most, found ${endpoints.length}`,
    );
  for (const [index, host] of hosts.entries()) {
    if (!host.startsWith('*')) continue;
    const severity = endpoints.length === 0 ? 'error' : 'warning';
    report(`spec.hosts[${index}]`, `resolution DNS has no wildcards, found ${shown(host)}`, severity);
  }
}
