import { intersectHosts } from '@quintet/model';
import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';
import type { GatewayServer } from './gateway-servers.ts';
import { NO_HEADERS } from './header-operations.ts';
import { httpRoutes } from './http-routes.ts';
import type { Asking } from './mixer.ts';
import { ANY_REQUEST, matchesEverything, type Place } from './route-match.ts';
import type { RoutePlan, VirtualHostPlan } from './route-types.ts';

/** The routes of one host on a gateway, gathered from all its virtual services. */
type HostDraft = {
  readonly routes: RoutePlan[];
  readonly configs: Set<string>;
  requiresTls: boolean;
  readonly sources: Set<string>;
};

/**
 * The virtual hosts of servers that share a table. Several virtual services of one host add up, oldest first; routes
 * that take everything come last. Without any host everything is answered 404.
 */
export function gatewayVirtualHosts(
  asking: Asking,
  servers: readonly GatewayServer[],
): readonly VirtualHostPlan[] {
  const hosts = new Map<string, HostDraft>();
  for (const server of servers) addServer(hosts, asking, server);
  const port = servers[0]?.port.number ?? 0;
  if (hosts.size === 0) return [nothingHere(asking, port)];
  return [...hosts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, draft]) => ({
      name: `${host}:${port}`,
      domains: [host],
      requiresTls: draft.requiresTls,
      routes: catchAllsLast(draft.routes),
      sources: [...draft.sources].toSorted(),
    }));
}

/** Where a gateway's server takes requests from. */
export function gatewayPlace({ scope }: Asking, server: GatewayServer): Place {
  return {
    gateways: new Set([server.gateway.ref]),
    port: server.port.number,
    labels: scope.proxy.labels,
    namespace: scope.proxy.configNamespace,
  };
}

/** The virtual services bound to a server's gateway, oldest first. */
export function boundConfigs({ scope }: Asking, server: GatewayServer): readonly VirtualServiceConfig[] {
  return scope.virtualServices.filter(({ gateways }) => gateways.includes(server.gateway.ref));
}

/** The hosts that a virtual service and a server have in common. */
export function commonHosts(config: VirtualServiceConfig, server: GatewayServer): readonly string[] {
  const allowed = server.hosts.filter(({ namespace }) => namespace === '*' || namespace === config.namespace);
  const common = config.hosts.flatMap((host) =>
    allowed.flatMap((own) => intersectHosts(own.host, host) ?? []),
  );
  return [...new Set(common)];
}

function addServer(hosts: Map<string, HostDraft>, asking: Asking, server: GatewayServer): void {
  const place = gatewayPlace(asking, server);
  const redirects = server.server.tls?.httpsRedirect ?? false;
  for (const config of boundConfigs(asking, server)) {
    const common = commonHosts(config, server);
    if (common.length === 0) continue;
    const routes = httpRoutes(config, { scope: asking.scope, asking, place });
    for (const host of common) addRoutes(draftOf(hosts, host), config, server, routes);
  }
  if (!redirects) return;
  for (const { host } of server.hosts) {
    const draft = draftOf(hosts, host);
    draft.sources.add(server.gateway.source);
  }
  for (const [host, draft] of hosts) {
    if (server.hosts.some((own) => intersectHosts(own.host, host) === host)) draft.requiresTls = true;
  }
}

function addRoutes(
  draft: HostDraft,
  config: VirtualServiceConfig,
  server: GatewayServer,
  routes: readonly RoutePlan[],
): void {
  draft.sources.add(server.gateway.source);
  if (draft.configs.has(config.source)) return;
  draft.configs.add(config.source);
  draft.routes.push(...routes);
  for (const source of [config.source, ...routes.flatMap((route) => route.sources)])
    draft.sources.add(source);
}

function draftOf(hosts: Map<string, HostDraft>, host: string): HostDraft {
  const known = hosts.get(host);
  if (known) return known;
  const made = { routes: [], configs: new Set<string>(), requiresTls: false, sources: new Set<string>() };
  hosts.set(host, made);
  return made;
}

function catchAllsLast(routes: readonly RoutePlan[]): readonly RoutePlan[] {
  const all = (route: RoutePlan) => matchesEverything(route.match);
  return [...routes.filter((route) => !all(route)), ...routes.filter(all)];
}

function nothingHere({ check }: Asking, port: number): VirtualHostPlan {
  const name = `blackhole:${port}`;
  return {
    name,
    domains: ['*'],
    requiresTls: false,
    routes: [
      {
        name: 'default',
        match: ANY_REQUEST,
        action: { kind: 'answer', status: 404, body: '' },
        requestHeaders: NO_HEADERS,
        responseHeaders: NO_HEADERS,
        operation: `${name}/*`,
        context: { attributes: {}, check: check ? 'skipped' : 'absent' },
        sources: [],
      },
    ],
    sources: [],
  };
}
