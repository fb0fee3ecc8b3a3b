import { type DurationValue, durationMillis, formatDuration } from '../duration.ts';
import { parseCidr, parseIp } from '../ip.ts';
import { parseProtocol } from '../port-protocol.ts';
import { checkDnsLabel } from './names.ts';
import { type Report, shown } from './report.ts';

/** Checks the number of a port: 1 to 65535. */
export function checkPort(port: number, path: string, report: Report): void {
  if (port < 1 || port > 65_535) report(path, `expected a port from 1 to 65535, found ${port}`);
}

/** A port of a gateway, sidecar or service entry. */
export type PortFields = { readonly number: number; readonly name: string; readonly protocol: string };

/**
 * Checks such a port: its number, its protocol, and its name. Where a client decides what it speaks (`detects`) a port
 * may leave its protocol out: its traffic is looked at. Names are labels, but for those of gateways; listeners of
 * sidecars (`unnamed`) need none. Gateways have no ports of UDP.
 */
export function checkNamedPort(
  port: PortFields | undefined,
  path: string,
  report: Report,
  {
    detects = false,
    unnamed = false,
    udp = true,
  }: { readonly detects?: boolean; readonly unnamed?: boolean; readonly udp?: boolean } = {},
): void {
  if (port === undefined) {
    report(path, 'expected a port, found none');
    return;
  }
  checkPort(port.number, `${path}.number`, report);
  if (!(detects && port.protocol === '')) checkProtocol(port.protocol, `${path}.protocol`, report, { udp });
  if (port.name !== '') {
    if (detects) checkDnsLabel(port.name, `${path}.name`, report);
  } else if (!unnamed) report(`${path}.name`, 'expected a name, found none');
}

/** Checks the protocol of a port; UDP is one where `udp` does not say otherwise. */
export function checkProtocol(
  protocol: string,
  path: string,
  report: Report,
  { udp = true }: { readonly udp?: boolean } = {},
): void {
  const parsed = parseProtocol(protocol);
  if (parsed !== 'unknown' && (udp || parsed !== 'udp')) return;
  const known = `HTTP, HTTPS, GRPC, GRPC-Web, HTTP2, TLS, TCP, ${udp ? 'UDP, ' : ''}MONGO, MYSQL, REDIS`;
  report(path, `expected one of ${known}; found ${shown(protocol)}`);
}

/** Checks an address with or without a prefix length. */
export function checkIpOrRange(text: string, path: string, report: Report): void {
  if (parseIp(text) !== undefined || parseCidr(text) !== undefined) return;
  report(path, `expected an IP address or a range such as 10.0.0.0/8, found ${shown(text)}`);
}

/** Checks a duration of whole milliseconds and at least one, where one is given. */
export function checkDuration(duration: DurationValue | undefined, path: string, report: Report): void {
  if (duration === undefined) return;
  const millis = durationMillis(duration);
  if (!(millis >= 1)) report(path, `expected a duration of at least 1ms, found ${formatDuration(duration)}`);
  else if (duration.nanos % 1_000_000 !== 0)
    report(path, `expected whole milliseconds, found ${formatDuration(duration)}`);
}

/** Checks a whole number that may be zero but not negative. */
export function checkNotNegative(value: number, path: string, report: Report): void {
  if (value < 0) report(path, `expected a number from 0, found ${value}`);
}

/** Checks a percentage: 0 to 100. */
export function checkPercent(value: number, path: string, report: Report): void {
  if (!(value >= 0 && value <= 100)) report(path, `expected a percentage from 0 to 100, found ${value}`);
}

/** The smallest part of a hundred that the proxy can tell from none. */
const LEAST_PERCENTAGE = 0.0001;

/** Checks a percentage with decimals: 0, or what the proxy can tell from 0. */
export function checkPercentage(
  percentage: { readonly value: number } | undefined,
  path: string,
  report: Report,
): void {
  const value = percentage?.value ?? 0;
  if (value === 0 || (value >= LEAST_PERCENTAGE && value <= 100)) return;
  report(`${path}.value`, `expected 0 or a percentage from ${LEAST_PERCENTAGE} to 100, found ${value}`);
}

/** True for an absolute path of a Unix socket that is no folder, or an abstract socket; with their scheme. */
export function isUnixAddress(text: string): boolean {
  if (text.includes('\0')) return false;
  return /^unix:\/\/(@.|\/.*[^/]$)/s.test(text);
}
