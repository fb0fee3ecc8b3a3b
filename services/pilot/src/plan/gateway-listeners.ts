import { type Issue, matchHost } from '@quintet/model';
import { accessPlans } from './access.ts';
import { httpBody } from './bodies.ts';
import { ANY_CONNECTION } from './chains.ts';
import { boundConfigs, commonHosts, gatewayPlace, gatewayVirtualHosts } from './gateway-hosts.ts';
import { type GatewayServer, type ServerGroup, serverGroups } from './gateway-servers.ts';
import { gatewayTls } from './gateway-tls.ts';
import { workloadAuthentication } from './inbound-targets.ts';
import { bindName } from './listener-draft.ts';
import { type Asking, sourceAttributes } from './mixer.ts';
import { routeTable } from './route-table.ts';
import type { RouteTablePlan } from './route-types.ts';
import { distinctChains, tcpChains, tlsChains } from './tcp-chains.ts';
import type { ChainPlan, HttpBody, ListenerPlan, ServerTls } from './types.ts';

/** A TLS client on the internet may take its time to say hello. */
const DETECTION_TIMEOUT_MS = 15_000;

/** What a router serves. */
export type GatewayPlan = {
  readonly listeners: readonly ListenerPlan[];
  readonly routeTables: readonly RouteTablePlan[];
  readonly issues: readonly Issue[];
};

type Part = { readonly chains: readonly ChainPlan[]; readonly tables: readonly RouteTablePlan[] };

/** One listener for every address and port of a router's gateways. */
export function gatewayListeners(asking: Asking): GatewayPlan {
  const { groups, issues } = serverGroups(asking.scope);
  const parts = groups.map((group) => ({ group, ...partsOf(asking, group) }));
  return {
    listeners: parts
      .filter(({ chains }) => chains.length > 0)
      .map(({ group, chains }) => listenerOf(asking, group, chains)),
    routeTables: parts.flatMap(({ tables }) => tables),
    issues,
  };
}

function listenerOf(
  asking: Asking,
  { bind, servers }: ServerGroup,
  chains: readonly ChainPlan[],
): ListenerPlan {
  const sources = [
    ...servers.map(({ gateway }) => gateway.source),
    ...asking.scope.authorization.map(({ source }) => source),
  ];
  return {
    name: bindName(bind),
    direction: 'outbound',
    bind,
    bound: true,
    handsOver: false,
    restoresDestination: false,
    transparent: false,
    detection: {
      tls: servers.some(({ kind }) => kind !== 'http' && kind !== 'tcp'),
      http: false,
      timeoutMs: DETECTION_TIMEOUT_MS,
      serverFirstPorts: [],
    },
    chains,
    sources: [...new Set(sources)].toSorted(),
  };
}

function partsOf(asking: Asking, group: ServerGroup): Part {
  const [first] = group.servers;
  if (first?.kind === 'http') return httpPart(asking, group, first);
  const parts = group.servers.map((server) => serverPart(asking, server));
  return {
    chains: distinctChains(parts.flatMap(({ chains }) => chains)),
    tables: parts.flatMap(({ tables }) => tables),
  };
}

/** All plaintext HTTP servers of a port share one table. */
function httpPart(asking: Asking, { bind, servers }: ServerGroup, first: GatewayServer): Part {
  const name = `http.${first.port.number}${first.ownBind ? `.${bindName(bind)}` : ''}`;
  return {
    chains: [{ name, match: ANY_CONNECTION, access: [], body: gatewayHttp(asking, first, name) }],
    tables: [gatewayTable(asking, name, servers)],
  };
}

function serverPart(asking: Asking, server: GatewayServer): Part {
  switch (server.kind) {
    case 'https':
      return httpsPart(asking, server);
    case 'tls-passthrough':
      return { chains: passthroughChains(asking, server), tables: [] };
    default:
      return { chains: bytesChains(asking, server), tables: [] };
  }
}

function httpsPart(asking: Asking, server: GatewayServer): Part {
  const { gateway, port } = server;
  const name = `https.${port.number}.${port.name}.${gateway.name}.${gateway.namespace}`;
  return {
    chains: [
      {
        name,
        match: { ...ANY_CONNECTION, serverNames: serverNames(server) },
        ...tlsOf(server, true),
        access: [],
        body: gatewayHttp(asking, server, name),
      },
    ],
    tables: [gatewayTable(asking, name, [server])],
  };
}

/** Bytes behind the gateway's own TLS or without any, by the `tcp` routes of the gateway's virtual services. */
function bytesChains(asking: Asking, server: GatewayServer): readonly ChainPlan[] {
  const input = tcpInput(asking, server);
  const match = server.kind === 'tls-tcp' ? { serverNames: serverNames(server) } : {};
  return boundConfigs(asking, server)
    .filter((config) => commonHosts(config, server).length > 0)
    .flatMap((config) => tcpChains(config, input))
    .map((chain) => ({
      ...chain,
      match: { ...chain.match, ...match },
      ...tlsOf(server, false),
      access: gatewayAccess(asking, 'tcp'),
    }));
}

/** TLS that is passed on as it is, by the server name that the client asks for. */
function passthroughChains(asking: Asking, server: GatewayServer): readonly ChainPlan[] {
  const covered = (name: string) => server.hosts.some(({ host }) => matchHost(host, name));
  return boundConfigs(asking, server)
    .filter((config) => commonHosts(config, server).length > 0)
    .flatMap((config) => tlsChains(config, tcpInput(asking, server)))
    .map((chain) => ({
      ...chain,
      match: { ...chain.match, serverNames: chain.match.serverNames.filter(covered) },
      access: gatewayAccess(asking, 'tcp'),
    }))
    .filter(({ match }) => match.serverNames.length > 0);
}

function tcpInput(asking: Asking, server: GatewayServer) {
  return {
    asking,
    place: gatewayPlace(asking, server),
    attributes: sourceAttributes(asking.scope),
    virtualServices: [],
  };
}

function gatewayHttp(asking: Asking, server: GatewayServer, table: string): HttpBody {
  return httpBody({
    asking,
    name: bindName(server.bind),
    routeTable: table,
    attributes: sourceAttributes(asking.scope),
    accessControlled: true,
    atEdge: true,
  });
}

function gatewayTable(asking: Asking, name: string, servers: readonly GatewayServer[]): RouteTablePlan {
  return routeTable({
    name,
    asking,
    attributes: sourceAttributes(asking.scope),
    ignoresPort: true,
    access: gatewayAccess(asking, 'http'),
    virtualHosts: gatewayVirtualHosts(asking, servers),
  });
}

/** Peers of a gateway are outside the mesh, so its policies say nothing about mutual TLS, but may refuse everybody. */
function gatewayAccess({ scope }: Asking, protocol: 'http' | 'tcp') {
  return accessPlans(scope, protocol, workloadAuthentication(scope));
}

function tlsOf({ server, kind }: GatewayServer, http: boolean): { readonly tls?: ServerTls } {
  return server.tls && kind !== 'tcp' ? { tls: gatewayTls(server.tls, http) } : {};
}

function serverNames(server: GatewayServer): readonly string[] {
  const hosts = server.hosts.map(({ host }) => host);
  return hosts.includes('*') ? [] : [...new Set(hosts)];
}
