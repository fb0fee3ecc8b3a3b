import { readFileSync } from 'node:fs';

/** What listens on 127.<block>.0.0/16, as `address:port`, sorted. */
export function listenersOf(block: number): string[] {
  const LISTEN = '0A';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      if (state !== LISTEN) return [];
      // The address stands there as a number in the order of this machine: little endian.
      const parts = (address.match(/../g) ?? []).reverse().map((hex) => Number.parseInt(hex, 16));
      return parts[0] === 127 && parts[1] === block
        ? [`${parts.join('.')}:${Number.parseInt(port, 16)}`]
        : [];
    })
    .sort();
}
