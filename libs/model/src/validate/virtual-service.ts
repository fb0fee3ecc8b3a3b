import type {
  L4MatchAttributes,
  RouteDestination,
  TLSMatchAttributes,
  TLSRoute,
  VirtualService,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { MESH_GATEWAY, matchHost } from '../hosts.ts';
import { checkDestination, checkWeights } from './destination.ts';
import { checkGateways } from './gateway-reference.ts';
import { checkHttpRoute } from './http-route.ts';
import { checkExportTo, checkLabels, checkUnique, isDnsLabel, isHostOrIp, isHostPattern } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkIpOrRange, checkPort } from './values.ts';

/** Checks a VirtualService. */
export function validateVirtualService({
  namespace,
  spec,
}: ConfigObject<VirtualService>): readonly Finding[] {
  return collect((report) => {
    checkHosts(spec, report);
    checkGateways(spec.gateways, 'spec.gateways', report);
    checkExportTo(spec.exportTo, report, { namespace });
    if (spec.http.length + spec.tcp.length + spec.tls.length === 0) {
      report('spec', 'expected at least one of http, tls and tcp, found none');
    }
    for (const [index, route] of spec.http.entries()) checkHttpRoute(route, `spec.http[${index}]`, report);
    for (const [index, route] of spec.tls.entries())
      checkTlsRoute(route, spec.hosts, `spec.tls[${index}]`, report);
    for (const [index, route] of spec.tcp.entries()) {
      const path = `spec.tcp[${index}]`;
      for (const [at, match] of route.match.entries()) checkL4Match(match, `${path}.match[${at}]`, report);
      checkDestinations(route.route, `${path}.route`, report);
    }
  });
}

function checkHosts(spec: VirtualService, report: Report): void {
  const { hosts, gateways } = spec;
  if (hosts.length === 0) checkHostless(spec, report);
  const onMesh = gateways.length === 0 || gateways.includes(MESH_GATEWAY);
  for (const [index, host] of hosts.entries()) {
    const path = `spec.hosts[${index}]`;
    if (host === '*' && onMesh)
      report(path, 'the host "*" is for gateways only: expected a name for the gateway "mesh"');
    else if (!isHostOrIp(host))
      report(path, `expected a DNS name, a wildcard or an IP address, found ${shown(host)}`);
  }
  const folded = hosts.map((host, index) => ({ value: host.toLowerCase(), path: `spec.hosts[${index}]` }));
  checkUnique(folded, 'the host', report);
}

/**
 * Without hosts it is a delegate (later releases): a part of other virtual services that has HTTP routes and nothing
 * else, and that does not delegate in turn.
 */
function checkHostless({ gateways, http, tls, tcp }: VirtualService, report: Report): void {
  if (http.length === 0 || gateways.length + tls.length + tcp.length > 0) {
    report('spec.hosts', 'expected at least one host, found none');
    return;
  }
  const message =
    'expected a host; without one only routes with delegate of other virtual services lead here';
  report('spec.hosts', message, 'warning');
  for (const [index, { delegate }] of http.entries()) {
    if (delegate !== undefined)
      report(`spec.http[${index}].delegate`, 'a delegate does not delegate in turn: expected none');
  }
}

function checkTlsRoute(route: TLSRoute, hosts: readonly string[], path: string, report: Report): void {
  if (route.match.length === 0)
    report(`${path}.match`, 'expected at least one match with sniHosts, found none');
  for (const [index, match] of route.match.entries())
    checkTlsMatch(match, hosts, `${path}.match[${index}]`, report);
  checkDestinations(route.route, `${path}.route`, report);
}

function checkTlsMatch(
  match: TLSMatchAttributes,
  hosts: readonly string[],
  path: string,
  report: Report,
): void {
  if (match.sniHosts.length === 0) report(`${path}.sniHosts`, 'expected at least one host, found none');
  for (const [index, host] of match.sniHosts.entries()) {
    const hostPath = `${path}.sniHosts[${index}]`;
    if (!isHostPattern(host)) report(hostPath, `expected a DNS name or a wildcard, found ${shown(host)}`);
    else if (!hosts.some((each) => matchHost(each.toLowerCase(), host.toLowerCase()))) {
      report(hostPath, `expected a host that spec.hosts covers, found ${shown(host)}`);
    }
  }
  checkL4Match(match, path, report);
}

type L4Match = Pick<
  L4MatchAttributes,
  'destinationSubnets' | 'port' | 'sourceSubnet' | 'sourceLabels' | 'gateways' | 'sourceNamespace'
>;

function checkL4Match(match: L4Match, path: string, report: Report): void {
  for (const [index, subnet] of match.destinationSubnets.entries()) {
    checkIpOrRange(subnet, `${path}.destinationSubnets[${index}]`, report);
  }
  if (match.port !== 0) checkPort(match.port, `${path}.port`, report);
  if (match.sourceSubnet !== '') checkIpOrRange(match.sourceSubnet, `${path}.sourceSubnet`, report);
  checkLabels(match.sourceLabels, `${path}.sourceLabels`, report);
  checkGateways(match.gateways, `${path}.gateways`, report);
  if (match.sourceNamespace !== '' && !isDnsLabel(match.sourceNamespace))
    report(`${path}.sourceNamespace`, `expected a namespace, found ${shown(match.sourceNamespace)}`);
}

function checkDestinations(routes: readonly RouteDestination[], path: string, report: Report): void {
  if (routes.length === 0) report(path, 'expected at least one destination, found none');
  for (const [index, route] of routes.entries()) {
    checkDestination(route.destination, `${path}[${index}].destination`, report);
  }
  const weights = routes.map((route) => route.weight);
  checkWeights(weights, path, report);
}
