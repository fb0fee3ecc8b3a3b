import { isCidr, isIp, isTlsProtocol, matchHost, type ServicePort } from '@quintet/model';
import type { RouteDestination } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { MeshService } from '../snapshot/services.ts';
import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';
import { addressRange } from './address-range.ts';
import { tcpBody } from './bodies.ts';
import { ANY_CONNECTION, matchKey } from './chains.ts';
import { resolveDestination } from './destination.ts';
import type { Asking } from './mixer.ts';
import { outboundCluster } from './names.ts';
import { matchApplies, type Place } from './route-match.ts';
import type { ChainPlan } from './types.ts';

/** What the chains of a TCP or TLS port are made for. */
export type TcpInput = {
  readonly asking: Asking;
  readonly place: Place;
  readonly attributes: Readonly<Record<string, string>>;
  readonly virtualServices: readonly VirtualServiceConfig[];
};

/**
 * The chains of a service's TCP or TLS port: by the routes of the virtual services that have its host, else one to
 * the service itself. Of chains for the same connections the first, which is the oldest, stays.
 */
export function serviceChains(
  service: MeshService,
  port: ServicePort,
  input: TcpInput,
): readonly ChainPlan[] {
  const configs = input.virtualServices.filter(({ hosts }) =>
    hosts.some((host) => matchHost(host, service.host)),
  );
  const written = configs.flatMap((config) =>
    isTlsProtocol(port.protocol) ? tlsChains(config, input) : tcpChains(config, input),
  );
  return distinctChains(written.length > 0 ? written : [plainChain(service, port, input)]);
}

/** The chains of a virtual service's `tls` routes at one place. */
export function tlsChains(config: VirtualServiceConfig, input: TcpInput): readonly ChainPlan[] {
  return config.spec.tls.flatMap((route, index) =>
    route.match
      .filter((match) => matchApplies(match, input.place, config.namespace))
      .map((match, at) =>
        routeChain(config, route.route, input, {
          name: `${config.name}.${config.namespace}.tls[${index}][${at}]`,
          serverNames: serverNames(match.sniHosts),
          destinationRanges: match.destinationSubnets.map(addressRange),
        }),
      ),
  );
}

/** The chains of a virtual service's `tcp` routes at one place; one without subnets ends the list. */
export function tcpChains(config: VirtualServiceConfig, input: TcpInput): readonly ChainPlan[] {
  const chains: ChainPlan[] = [];
  for (const [index, route] of config.spec.tcp.entries()) {
    for (const match of route.match.length === 0 ? [undefined] : route.match) {
      if (match && !matchApplies(match, input.place, config.namespace)) continue;
      const destinationRanges = match?.destinationSubnets.map(addressRange) ?? [];
      const name = `${config.name}.${config.namespace}.tcp[${index}]${chains.length === 0 ? '' : `[${chains.length}]`}`;
      chains.push(routeChain(config, route.route, input, { name, serverNames: [], destinationRanges }));
      if (destinationRanges.length === 0) return chains;
    }
  }
  return chains;
}

/** Of chains for the same connections the first. */
export function distinctChains(chains: readonly ChainPlan[]): readonly ChainPlan[] {
  const first = new Map<string, ChainPlan>();
  for (const chain of chains) {
    const key = matchKey(chain);
    if (!first.has(key)) first.set(key, chain);
  }
  return [...first.values()];
}

function routeChain(
  config: VirtualServiceConfig,
  destinations: readonly RouteDestination[],
  { asking, place, attributes }: TcpInput,
  match: {
    readonly name: string;
    readonly serverNames: readonly string[];
    readonly destinationRanges: readonly string[];
  },
): ChainPlan {
  const weighted = destinations.length > 1 ? destinations.filter(({ weight }) => weight > 0) : destinations;
  const targets = weighted.map(({ destination, weight }) => ({
    weight: weighted.length === 1 ? 100 : weight,
    ...resolveDestination(asking.scope, destination, {
      namespace: config.namespace,
      listenerPort: place.port,
    }),
  }));
  const [first] = targets;
  return {
    name: match.name,
    match: { ...ANY_CONNECTION, serverNames: match.serverNames, destinationRanges: match.destinationRanges },
    access: [],
    body: tcpBody({
      asking,
      statPrefix: targets.length === 1 && first ? first.cluster : `${config.name}.${config.namespace}`,
      targets: targets.map(({ cluster, weight }) => ({ cluster, weight })),
      attributes,
      service: first?.service,
    }),
  };
}

/** To the service itself. TLS without an address of its own is told apart by the server name the client asks for. */
function plainChain(service: MeshService, port: ServicePort, { asking, attributes }: TcpInput): ChainPlan {
  const cluster = outboundCluster(service.host, port.number);
  const bySni = isTlsProtocol(port.protocol) && !service.addresses.some(isIp);
  return {
    name: cluster,
    match: {
      ...ANY_CONNECTION,
      serverNames: bySni ? serverNames([service.host]) : [],
      destinationRanges: service.addresses.filter(isCidr),
    },
    access: [],
    body: tcpBody({ asking, statPrefix: cluster, targets: [{ cluster, weight: 100 }], attributes, service }),
  };
}

/** `*` alone asks for no name at all. */
function serverNames(hosts: readonly string[]): readonly string[] {
  return hosts.includes('*') ? [] : hosts.map((host) => host.toLowerCase());
}
