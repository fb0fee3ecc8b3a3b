import { type Issue, isHttpProtocol, isTcpProtocol, isTlsProtocol, parseProtocol } from '@quintet/model';
import {
  type Server,
  Server_TLSOptions_TLSmode,
} from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import type { Scope } from '../scope/types.ts';
import type { GatewayConfig } from '../snapshot/gateways.ts';
import { issueAbout } from '../snapshot/issue-about.ts';
import { bindName } from './listener-draft.ts';
import type { Bind } from './types.ts';

/** How a gateway's server treats what comes in: as HTTP or bytes, with its own TLS, or passing on the client's. */
export type ServerKind = 'http' | 'tcp' | 'https' | 'tls-tcp' | 'tls-passthrough';

/** One server of a gateway, read. */
export type GatewayServer = {
  readonly gateway: GatewayConfig;
  readonly server: Server;
  /** `spec.servers[<n>]`. */
  readonly path: string;
  readonly kind: ServerKind;
  readonly port: { readonly number: number; readonly name: string };
  readonly bind: Bind;
  /** Whether the address was given, rather than the proxy's usual one. */
  readonly ownBind: boolean;
  /** `namespace` is `*` when virtual services of any namespace may use the host. */
  readonly hosts: readonly { readonly namespace: string; readonly host: string }[];
};

/** The servers that share an address and port; all of the same kind, or all with TLS. */
export type ServerGroup = { readonly bind: Bind; readonly servers: readonly GatewayServer[] };

const ANY_ADDRESS = '0.0.0.0';

/**
 * The servers of all gateways of a router by address and port, oldest gateway first. A server that cannot stand beside
 * an older one is left out with an issue; on a port with and without TLS the servers without it stay.
 */
export function serverGroups(scope: Scope): {
  readonly groups: readonly ServerGroup[];
  readonly issues: readonly Issue[];
} {
  const issues: Issue[] = [];
  const servers = scope.gateways.flatMap((gateway) =>
    gateway.spec.servers.flatMap((server, index) => readServer(scope, gateway, server, index, issues)),
  );
  const byPort = Map.groupBy(servers, ({ bind }) => bindName(bind));
  const groups = [...byPort.values()].flatMap((all) => {
    const kept = keepTogether(all, issues);
    const [first] = kept;
    return first ? [{ bind: first.bind, servers: kept }] : [];
  });
  return { groups, issues };
}

function readServer(
  scope: Scope,
  gateway: GatewayConfig,
  server: Server,
  index: number,
  issues: Issue[],
): GatewayServer[] {
  const path = `spec.servers[${index}]`;
  const kind = kindOf(server);
  const { port } = server;
  if (!kind || !port) {
    issues.push(
      issueAbout(gateway.subject, {
        code: 'QTT2001',
        path,
        message: `port protocol ${port?.protocol ?? ''} with TLS mode ${tlsModeName(server)} is not realised; the server is left out`,
      }),
    );
    return [];
  }
  return [
    {
      gateway,
      server,
      path,
      kind,
      port: { number: port.number, name: port.name },
      bind: bindOf(scope, server.bind, port.number),
      ownBind: server.bind !== '',
      hosts: server.hosts.map((host) => hostOf(host, gateway.namespace)),
    },
  ];
}

function kindOf({ port, tls }: Server): ServerKind | undefined {
  const protocol = parseProtocol(port?.protocol ?? '');
  if (isHttpProtocol(protocol)) return 'http';
  if (isTcpProtocol(protocol)) return 'tcp';
  if (!isTlsProtocol(protocol) || !tls || tls.mode === Server_TLSOptions_TLSmode.AUTO_PASSTHROUGH)
    return undefined;
  if (tls.mode === Server_TLSOptions_TLSmode.PASSTHROUGH) return 'tls-passthrough';
  return protocol === 'https' ? 'https' : 'tls-tcp';
}

function tlsModeName({ tls }: Server): string {
  return tls ? Server_TLSOptions_TLSmode[tls.mode] : 'none';
}

/** Without traffic capture a router takes only its own address, so that others of the machine can have the port too. */
function bindOf({ proxy }: Scope, written: string, port: number): Bind {
  if (written.startsWith('unix://')) return { kind: 'pipe', path: written.slice('unix://'.length) };
  const usual = proxy.interceptionMode === 'NONE' ? (proxy.addresses[0] ?? ANY_ADDRESS) : ANY_ADDRESS;
  return { kind: 'address', address: written || usual, port };
}

/** `[namespace/]host`; `.` is the gateway's own namespace, none is any. */
function hostOf(written: string, namespace: string): GatewayServer['hosts'][number] {
  const slash = written.indexOf('/');
  const home = slash < 0 ? '*' : written.slice(0, slash);
  return { namespace: home === '.' ? namespace : home, host: written.slice(slash + 1).toLowerCase() };
}

function keepTogether(servers: readonly GatewayServer[], issues: Issue[]): readonly GatewayServer[] {
  const plain = servers.filter(({ kind }) => kind === 'http' || kind === 'tcp');
  const [first] = plain;
  if (!first) return distinctTls(servers, issues);
  return servers.filter((server) => {
    if (server.kind === first.kind) return true;
    issues.push(
      conflict(
        server,
        `port ${server.port.number} serves ${first.kind} for Gateway ${first.gateway.ref} already`,
      ),
    );
    return false;
  });
}

/** Servers with TLS are told apart by host; one whose host or whose table of routes is taken cannot be reached. */
function distinctTls(servers: readonly GatewayServer[], issues: Issue[]): readonly GatewayServer[] {
  const hosts = new Map<string, GatewayServer>();
  const names = new Set<string>();
  return servers.filter((server) => {
    const name = `${server.port.name}.${server.gateway.ref}`;
    const owner = server.hosts.map(({ host }) => hosts.get(host)).find((other) => other !== undefined);
    if (owner) {
      issues.push(
        conflict(server, `a host of it belongs to Gateway ${owner.gateway.ref} on the same port already`),
      );
      return false;
    }
    if (names.has(name)) {
      issues.push(
        conflict(server, `the port name ${server.port.name} is used twice in Gateway ${server.gateway.ref}`),
      );
      return false;
    }
    names.add(name);
    for (const { host } of server.hosts) hosts.set(host, server);
    return true;
  });
}

function conflict(server: GatewayServer, message: string): Issue {
  return issueAbout(server.gateway.subject, { code: 'QTT3001', path: server.path, message });
}
