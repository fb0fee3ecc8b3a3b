import type { InterceptionMode } from '../node/proxy-node.ts';
import type { AllOr } from './annotation-formats.ts';
import { PROXY_ID } from './names.ts';

/** Which connections of a pod go through its proxy. */
export type Capture = {
  readonly mode: InterceptionMode;
  readonly includeOutboundRanges: AllOr<string>;
  readonly excludeOutboundRanges: readonly string[];
  readonly excludeOutboundPorts: readonly number[];
  readonly includeInboundPorts: AllOr<number>;
  readonly excludeInboundPorts: readonly number[];
  /** Interfaces of virtual machines in the pod: what comes from them is outbound. */
  readonly kubevirtInterfaces: readonly string[];
  /** Port of the proxy for outbound connections, classic 15001. */
  readonly outboundPort: number;
};

/** Port of the proxy for inbound connections. */
const INBOUND_PORT = 15_006;
/** Connections from the proxy to its application come from here: they have been through it. */
const PASSED_THROUGH = '127.0.0.6/32';
const SSH_PORT = 22;
/** Mark and routing table that hand connections over to a transparent proxy. */
const TPROXY_MARK = PROXY_ID;
const TPROXY_TABLE = 133;

/**
 * The shell script that sets up the capture of a pod: rules in the form of iptables-restore, which takes a table as a
 * whole or not at all. A second run, after a restart of the container, changes nothing. The chains are the classic
 * ones. Over IPv6 the proxy does not listen: new connections to the pod are refused there rather than let around it.
 */
export function captureScript(capture: Capture): string {
  const tproxy = capture.mode === 'TPROXY';
  return [
    'set -eu',
    `if iptables -t nat -n -L ISTIO_OUTPUT >/dev/null 2>&1; then exit 0; fi`,
    ...(tproxy
      ? [
          `ip -f inet rule del fwmark ${TPROXY_MARK} lookup ${TPROXY_TABLE} 2>/dev/null || true`,
          `ip -f inet rule add fwmark ${TPROXY_MARK} lookup ${TPROXY_TABLE}`,
          `ip -f inet route replace local default dev lo table ${TPROXY_TABLE}`,
          ...restore('iptables-restore', tproxyRules(capture)),
        ]
      : []),
    ...(capturesInbound(capture)
      ? [
          `if [ -e /proc/net/if_inet6 ] && ! ip6tables -n -L ISTIO_INBOUND >/dev/null 2>&1; then`,
          ...restore('ip6tables-restore', ipv6Rules(capture)),
          'fi',
        ]
      : []),
    ...restore('iptables-restore', natRules(capture)),
    '',
  ].join('\n');
}

function restore(command: string, rules: readonly string[]): string[] {
  return [`${command} --noflush <<'RULES'`, ...rules, 'COMMIT', 'RULES'];
}

function capturesInbound({ includeInboundPorts }: Capture): boolean {
  return includeInboundPorts === 'all' || includeInboundPorts.length > 0;
}

function natRules(capture: Capture): string[] {
  const redirectsInbound = capturesInbound(capture) && capture.mode === 'REDIRECT';
  return [
    '*nat',
    ':ISTIO_REDIRECT - [0:0]',
    ':ISTIO_IN_REDIRECT - [0:0]',
    ':ISTIO_INBOUND - [0:0]',
    ':ISTIO_OUTPUT - [0:0]',
    `-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports ${capture.outboundPort}`,
    `-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports ${INBOUND_PORT}`,
    ...kubevirtRules(capture),
    ...(redirectsInbound
      ? ['-A PREROUTING -p tcp -j ISTIO_INBOUND', ...inboundRules(capture, ['-j ISTIO_IN_REDIRECT'])]
      : []),
    '-A OUTPUT -p tcp -j ISTIO_OUTPUT',
    ...outboundRules(capture),
  ];
}

function kubevirtRules({ kubevirtInterfaces, includeOutboundRanges }: Capture): string[] {
  return kubevirtInterfaces.flatMap((name) =>
    includeOutboundRanges === 'all'
      ? [`-A PREROUTING -i ${name} -j ISTIO_REDIRECT`]
      : ipv4(includeOutboundRanges).map((range) => `-A PREROUTING -i ${name} -d ${range} -j ISTIO_REDIRECT`),
  );
}

/** The chain of inbound connections: what is left out first, then for the rest each of `targets`, the ends of rules. */
function inboundRules(capture: Capture, targets: readonly string[]): string[] {
  const { includeInboundPorts, excludeInboundPorts } = capture;
  if (includeInboundPorts !== 'all') {
    return includeInboundPorts
      .filter((port) => !excludeInboundPorts.includes(port))
      .flatMap((port) => targets.map((target) => `-A ISTIO_INBOUND -p tcp --dport ${port} ${target}`));
  }
  return [
    ...unique([SSH_PORT, ...excludeInboundPorts]).map(
      (port) => `-A ISTIO_INBOUND -p tcp --dport ${port} -j RETURN`,
    ),
    ...targets.map((target) => `-A ISTIO_INBOUND -p tcp ${target}`),
  ];
}

function outboundRules(capture: Capture): string[] {
  const { includeOutboundRanges, excludeOutboundRanges, excludeOutboundPorts } = capture;
  const inbound = capturesInbound(capture);
  return [
    ...unique(excludeOutboundPorts).map((port) => `--dport ${port} -j RETURN`),
    `-o lo -s ${PASSED_THROUGH} -j RETURN`,
    // The proxy calls its own pod by a service's address: that call is inbound too.
    ...(inbound ? [`-o lo ! -d 127.0.0.1/32 -m owner --gid-owner ${PROXY_ID} -j ISTIO_IN_REDIRECT`] : []),
    // The application talks to itself.
    `-o lo -m owner ! --gid-owner ${PROXY_ID} -j RETURN`,
    `-m owner --uid-owner ${PROXY_ID} -j RETURN`,
    `-m owner --gid-owner ${PROXY_ID} -j RETURN`,
    '-d 127.0.0.1/32 -j RETURN',
    ...ipv4(excludeOutboundRanges).map((range) => `-d ${range} -j RETURN`),
    ...(includeOutboundRanges === 'all'
      ? ['-j ISTIO_REDIRECT']
      : ipv4(includeOutboundRanges).map((range) => `-d ${range} -j ISTIO_REDIRECT`)),
    ...(includeOutboundRanges === 'all' ? [] : ['-j RETURN']),
  ].map((rule) => `-A ISTIO_OUTPUT -p tcp ${rule}`);
}

/** Inbound connections keep their source address: they are handed to the proxy without being rewritten. */
function tproxyRules(capture: Capture): string[] {
  return [
    '*mangle',
    ':ISTIO_DIVERT - [0:0]',
    ':ISTIO_TPROXY - [0:0]',
    ':ISTIO_INBOUND - [0:0]',
    `-A ISTIO_DIVERT -j MARK --set-mark ${TPROXY_MARK}`,
    '-A ISTIO_DIVERT -j ACCEPT',
    `-A ISTIO_TPROXY ! -d 127.0.0.1/32 -p tcp -j TPROXY --tproxy-mark ${TPROXY_MARK}/0xffffffff --on-port ${INBOUND_PORT}`,
    ...(capturesInbound(capture)
      ? [
          '-A PREROUTING -p tcp -j ISTIO_INBOUND',
          ...inboundRules(capture, ['-m socket -j ISTIO_DIVERT', '-j ISTIO_TPROXY']),
        ]
      : []),
  ];
}

function ipv6Rules(capture: Capture): string[] {
  return [
    '*filter',
    ':ISTIO_INBOUND - [0:0]',
    '-A INPUT -p tcp -j ISTIO_INBOUND',
    '-A ISTIO_INBOUND -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN',
    '-A ISTIO_INBOUND -i lo -j RETURN',
    ...inboundRules(capture, ['-j REJECT']),
  ];
}

/** The rules are IPv4's; ranges of the other family can only be left out. */
function ipv4(ranges: readonly string[]): string[] {
  return unique(ranges).filter((range) => !range.includes(':'));
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
