import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';
import { hostDomains } from './domains.ts';
import { NO_HEADERS } from './header-operations.ts';
import { type HttpPort, type HttpPorts, hasHost, portsOfHost } from './http-ports.ts';
import { defaultRoute, httpRoutes, type RouteContextInput } from './http-routes.ts';
import { placeContext } from './mixer.ts';
import { BLACK_HOLE, PASSTHROUGH } from './names.ts';
import { ANY_REQUEST } from './route-match.ts';
import type { RoutePlan, VirtualHostPlan } from './route-types.ts';

/** A virtual host to be, before its domains are weighed against the others'. */
type Claim = {
  readonly name: string;
  readonly domains: readonly string[];
  readonly routes: readonly RoutePlan[];
  readonly sources: readonly string[];
};

/** What a table of routes is made for. */
export type TableInput = Omit<RouteContextInput, 'place'> & {
  readonly virtualServices: readonly VirtualServiceConfig[];
  readonly ports: HttpPorts;
  /** Absent: all ports, as an explicit proxy serves them. */
  readonly port?: number;
};

const HTTP_PORT = 80;
const SIDECARS: ReadonlySet<string> = new Set(['mesh']);

/**
 * The virtual hosts of a sidecar's table: for the hosts of virtual services first, oldest first, then for services
 * without one. A domain belongs to the first who claims it. Sorted by name; the one for all other hosts is last.
 */
export function sidecarVirtualHosts(input: TableInput): readonly VirtualHostPlan[] {
  const ports = input.port === undefined ? input.ports.all : (input.ports.byNumber.get(input.port) ?? []);
  const claims = [
    ...input.virtualServices.flatMap((config) => configClaims(config, input)),
    ...ports.map((port) => serviceClaim(port, input)),
  ];
  const hosts = settle(claims);
  return hosts.some(({ domains }) => domains.includes('*')) ? hosts : [...hosts, otherHosts(input)];
}

function configClaims(config: VirtualServiceConfig, input: TableInput): Claim[] {
  if (config.spec.http.length === 0) return [];
  const covered = new Set(config.hosts.flatMap((host) => portsOfHost(input.ports, host, input.port)));
  const others = config.hosts.filter((host) => !hasHost(input.ports, host));
  const numbers = new Set([...covered].map(({ port }) => port.number));
  if (numbers.size === 0 && others.length > 0) numbers.add(input.port ?? HTTP_PORT);
  return [...numbers].flatMap((number) => {
    const routes = httpRoutes(config, { ...input, place: placeOf(input, number) });
    if (routes.length === 0) return [];
    const common = { routes, sources: routeSources(config.source, routes) };
    return [
      ...others.map((host) => ({
        ...common,
        name: `${host}:${number}`,
        domains: plainDomains(host, number),
      })),
      ...[...covered]
        .filter(({ port }) => port.number === number)
        .map((port) => ({ ...common, ...serviceNames(port, input) })),
    ];
  });
}

function serviceClaim(httpPort: HttpPort, input: TableInput): Claim {
  const { service, port } = httpPort;
  const route = defaultRoute(service, port.number, { ...input, place: placeOf(input, port.number) });
  return { ...serviceNames(httpPort, input), routes: [route], sources: route.sources };
}

function serviceNames({ service, port }: HttpPort, { scope }: TableInput): Pick<Claim, 'name' | 'domains'> {
  return {
    name: `${service.host}:${port.number}`,
    domains: hostDomains(service.host, port.number, {
      domain: scope.proxy.domain,
      addresses: service.addresses,
    }),
  };
}

function placeOf({ scope }: TableInput, port: number) {
  return { gateways: SIDECARS, port, labels: scope.proxy.labels, namespace: scope.proxy.configNamespace };
}

function plainDomains(host: string, port: number): readonly string[] {
  return host === '*' ? ['*'] : [host, `${host}:${port}`];
}

/** Gives every domain to its first claim; claims of a name that is taken, or without a domain left, fall away. */
function settle(claims: readonly Claim[]): VirtualHostPlan[] {
  const names = new Set<string>();
  const taken = new Set<string>();
  const hosts: VirtualHostPlan[] = [];
  for (const claim of claims) {
    const domains = claim.domains.filter((domain) => !taken.has(domain));
    if (names.has(claim.name) || domains.length === 0) continue;
    names.add(claim.name);
    for (const domain of domains) taken.add(domain);
    hosts.push({ ...claim, domains, requiresTls: false });
  }
  return hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Requests for hosts nobody knows: to where they were meant to go, or 502. Without traffic capture there is no such
 * place, so they get 502 whatever the mesh allows.
 */
function otherHosts({ scope, asking }: TableInput): VirtualHostPlan {
  const allowed = scope.outbound === 'allow-any' && scope.proxy.interceptionMode !== 'NONE';
  const name = allowed ? 'allow_any' : 'block_all';
  return {
    name,
    domains: ['*'],
    requiresTls: false,
    routes: [
      {
        name,
        match: ANY_REQUEST,
        action: allowed
          ? {
              kind: 'forward',
              targets: [
                {
                  cluster: PASSTHROUGH,
                  weight: 100,
                  requestHeaders: NO_HEADERS,
                  responseHeaders: NO_HEADERS,
                },
              ],
              timeoutMs: 0,
              rewrite: {},
              mirrors: [],
              hash: [],
            }
          : { kind: 'answer', status: 502, body: '' },
        requestHeaders: NO_HEADERS,
        responseHeaders: NO_HEADERS,
        operation: `${name}/*`,
        context: placeContext(asking, allowed ? PASSTHROUGH : BLACK_HOLE),
        sources: [],
      },
    ],
    sources: [],
  };
}

function routeSources(own: string, routes: readonly RoutePlan[]): readonly string[] {
  return [...new Set([own, ...routes.flatMap(({ sources }) => sources)])].toSorted();
}
