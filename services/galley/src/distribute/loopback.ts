import { parseIp } from '@quintet/model';

/** Whether only this machine can reach an address as flags have it. */
export function isLoopback(address: string): boolean {
  const host = address
    .replace(/^tcp:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  if (address.startsWith('unix:') || host === 'localhost' || host === '::1') return true;
  const ip = parseIp(host);
  return ip?.length === 4 && ip[0] === 127;
}
