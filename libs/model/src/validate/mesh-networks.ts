import type { MeshNetworks, Network } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { isIp } from '../ip.ts';
import { isFqdn } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkIpOrRange, checkPort } from './values.ts';

/** Checks the networks of the mesh. Paths begin with the field, because their file holds nothing else. */
export function validateMeshNetworks({ spec }: ConfigObject<MeshNetworks>): readonly Finding[] {
  return collect((report) => {
    for (const [name, network] of Object.entries(spec.networks))
      checkNetwork(network, childPath('networks', name), report);
  });
}

function checkNetwork({ endpoints, gateways }: Network, path: string, report: Report): void {
  for (const [index, { ne }] of endpoints.entries()) {
    const at = `${path}.endpoints[${index}]`;
    if (ne.case === undefined) report(at, 'expected fromCidr or fromRegistry, found neither');
    else if (ne.case === 'fromCidr') checkIpOrRange(ne.value, `${at}.fromCidr`, report);
    else if (ne.value === '') report(`${at}.fromRegistry`, 'expected the name of a registry, found none');
  }
  for (const [index, { gw, port }] of gateways.entries()) {
    const at = `${path}.gateways[${index}]`;
    if (gw.case === undefined) report(at, 'expected registryServiceName or address, found neither');
    else if (gw.case === 'registryServiceName' && !isFqdn(gw.value))
      report(`${at}.registryServiceName`, `expected the host of a service, found ${shown(gw.value)}`);
    else if (gw.case === 'address' && !isIp(gw.value) && !isFqdn(gw.value))
      report(`${at}.address`, `expected an IP address or a DNS name, found ${shown(gw.value)}`);
    checkPort(port, `${at}.port`, report);
  }
}
