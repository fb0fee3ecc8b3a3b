import { childPath } from '../decode/located.ts';
import { isIp } from '../ip.ts';
import { checkLabels, isFqdn } from './names.ts';
import { type Report, shown } from './report.ts';
import { checkPort, isUnixAddress } from './values.ts';

/** Where a service is served: an endpoint of a ServiceEntry, or a WorkloadEntry. */
export type EndpointFields = {
  readonly address: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: string;
};

/**
 * Checks an endpoint. Its address is an IP address, a Unix socket (where `sockets` is not false; it has no ports) or,
 * where `names` is true, a DNS name; it may be empty when the network tells how to get there (later releases).
 */
export function checkEndpoint(
  { address, ports, labels, network }: EndpointFields,
  path: string,
  report: Report,
  { names, sockets = true }: { readonly names: boolean; readonly sockets?: boolean },
): void {
  const at = `${path}.address`;
  const forms = [...(names ? ['a DNS name'] : []), 'an IP address', ...(sockets ? ['unix:///path'] : [])];
  if (address.startsWith('unix:')) {
    if (!sockets) report(at, `a Unix socket is for resolution STATIC only, found ${shown(address)}`);
    else if (!isUnixAddress(address)) report(at, `expected unix:///path, found ${shown(address)}`);
    if (Object.keys(ports).length > 0) report(`${path}.ports`, 'a Unix socket has no ports: expected none');
  } else if (address === '' ? network === '' : !isIp(address) && !(names && isFqdn(address))) {
    report(at, `expected ${forms.join(' or ')}, found ${address === '' ? 'none' : shown(address)}`);
  }
  for (const [name, port] of Object.entries(ports)) checkPort(port, childPath(`${path}.ports`, name), report);
  checkLabels(labels, `${path}.labels`, report);
}
