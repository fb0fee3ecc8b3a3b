import { BlockList, isIP, isIPv6 } from 'node:net';
import { MeshError } from '@quintet/runtime';

/**
 * Networks that a fetch on behalf of a user does not reach unless the operator says otherwise: this machine, link-local
 * addresses with the metadata services of clouds, multicast and reserved ranges.
 */
export const DEFAULT_DENIED_NETWORKS: readonly string[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fd00:ec2::254/128',
  'fe80::/10',
  'ff00::/8',
];

/** Judges addresses by networks in CIDR form; an IPv4 address mapped into IPv6 is judged as IPv4. */
export function denyList(networks: readonly string[]): (address: string) => boolean {
  const blocked = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(prefix)) {
      throw new MeshError(
        'invalid_argument',
        `deny list: ${network} is no network, expected e.g. 169.254.0.0/16`,
      );
    }
    blocked.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return (address) => blocked.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
