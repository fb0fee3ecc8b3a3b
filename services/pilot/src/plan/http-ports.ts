import { isHttpProtocol, isWildcardHost, matchHost, type ServicePort } from '@quintet/model';
import type { MeshService } from '../snapshot/services.ts';

/** A service and one of its ports that is routed by HTTP. */
export type HttpPort = { readonly service: MeshService; readonly port: ServicePort };

/** The services of an egress listener, found quickly by host and by port. */
export type HttpPorts = {
  readonly all: readonly HttpPort[];
  readonly byNumber: ReadonlyMap<number, readonly HttpPort[]>;
  readonly byHost: ReadonlyMap<string, readonly HttpPort[]>;
  /** Every host, whatever its services speak. */
  readonly hosts: ReadonlySet<string>;
};

/** Indexes services. Ports of unknown protocol may turn out to speak HTTP, so they are there too. */
export function indexHttpPorts(services: readonly MeshService[]): HttpPorts {
  const all = services.flatMap((service) =>
    service.ports
      .filter(({ protocol }) => isHttpProtocol(protocol) || protocol === 'unknown')
      .map((port) => ({ service, port })),
  );
  return {
    all,
    byNumber: Map.groupBy(all, ({ port }) => port.number),
    byHost: Map.groupBy(all, ({ service }) => service.host),
    hosts: new Set(services.map(({ host }) => host)),
  };
}

/** The ports of services that a host of a virtual service stands for, of one number or of all. */
export function portsOfHost(ports: HttpPorts, host: string, number: number | undefined): readonly HttpPort[] {
  const found = isWildcardHost(host)
    ? ports.all.filter(({ service }) => matchHost(host, service.host))
    : (ports.byHost.get(host) ?? []);
  return found.filter(({ port }) => number === undefined || port.number === number);
}

/** True when services of the listener have the host, or some of those that a wildcard stands for. */
export function hasHost(ports: HttpPorts, host: string): boolean {
  if (!isWildcardHost(host)) return ports.hosts.has(host);
  for (const known of ports.hosts) if (matchHost(host, known)) return true;
  return false;
}
