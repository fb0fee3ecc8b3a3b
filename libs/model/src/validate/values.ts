import { type DurationValue, durationMillis, formatDuration } from '../duration.ts';
import { parseCidr, parseIp } from '../ip.ts';
import { parseProtocol } from '../port-protocol.ts';
import { type Report, shown } from './report.ts';

/** Checks the number of a port: 1 to 65535. */
export function checkPort(port: number, path: string, report: Report): void {
  if (port < 1 || port > 65_535) report(path, `expected a port from 1 to 65535, found ${port}`);
}

/** A port of a gateway, sidecar or service entry. */
export type PortFields = { readonly number: number; readonly name: string; readonly protocol: string };

/**
 * Checks such a port: its number, its protocol, and its name. Where a client decides what it speaks (`detects`) a port
 * may leave its protocol out: its traffic is looked at.
 */
export function checkNamedPort(
  port: PortFields | undefined,
  path: string,
  report: Report,
  { detects = false }: { readonly detects?: boolean } = {},
): void {
  if (port === undefined) {
    report(path, 'expected a port, found none');
    return;
  }
  checkPort(port.number, `${path}.number`, report);
  if (!(detects && port.protocol === '')) checkProtocol(port.protocol, `${path}.protocol`, report);
  if (port.name === '') report(`${path}.name`, 'expected a name, found none');
}

/** Checks the protocol of a port. */
export function checkProtocol(protocol: string, path: string, report: Report): void {
  if (parseProtocol(protocol) !== 'unknown') return;
  const known = 'HTTP, HTTPS, GRPC, GRPC-Web, HTTP2, TLS, TCP, UDP, MONGO, MYSQL, REDIS';
  report(path, `expected one of ${known}; found ${shown(protocol)}`);
}

/** Checks an address with or without a prefix length. */
export function checkIpOrRange(text: string, path: string, report: Report): void {
  if (parseIp(text) !== undefined || parseCidr(text) !== undefined) return;
  report(path, `expected an IP address or a range such as 10.0.0.0/8, found ${shown(text)}`);
}

/** Checks a duration of at least a millisecond, where one is given. */
export function checkDuration(duration: DurationValue | undefined, path: string, report: Report): void {
  if (duration === undefined || durationMillis(duration) >= 1) return;
  report(path, `expected a duration of at least 1ms, found ${formatDuration(duration)}`);
}

/** Checks a whole number that may be zero but not negative. */
export function checkNotNegative(value: number, path: string, report: Report): void {
  if (value < 0) report(path, `expected a number from 0, found ${value}`);
}

/** Checks a percentage: 0 to 100. */
export function checkPercent(value: number, path: string, report: Report): void {
  if (value < 0 || value > 100) report(path, `expected a percentage from 0 to 100, found ${value}`);
}

/** True for an absolute path of a Unix socket, with its scheme. */
export function isUnixAddress(text: string): boolean {
  return /^unix:\/\/\/./.test(text) && !text.includes('\0');
}
