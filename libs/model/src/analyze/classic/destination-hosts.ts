import { resolveHost } from '../../hosts.ts';
import { VIRTUAL_SERVICE } from '../../kinds/networking.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import type { KnownService } from '../world/known-services.ts';
import { type DestinationPlace, destinationsOf, type VirtualServiceView } from '../world/virtual-services.ts';
import type { WorldIndex } from '../world/world-index.ts';

/** Hosts and ports that virtual services send requests to, as their namespace sees them; and delegates. */
export const destinationHostAnalyzer: Analyzer = {
  name: 'virtualservice.DestinationHostAnalyzer',
  summary: 'Destinations whose host or port is not known, or that need a port',
  codes: ['IST0101', 'IST0112'],
  analyze: (index) =>
    index.virtualServices.flatMap((service) => [
      ...destinationsOf(service.spec).flatMap((place) => destinationFindings(service, place, index)),
      ...delegateFindings(service, index),
    ]),
};

function destinationFindings(
  service: VirtualServiceView,
  { destination, path }: DestinationPlace,
  { services, world }: WorldIndex,
): AnalysisFinding[] {
  const { subject, namespace } = service;
  const host = resolveHost(destination.host, namespace, world.domain);
  const known = services.find(host, namespace);
  if (known.length === 0) {
    if (isUnreadableService(host, world)) return [];
    return [found('IST0101', { subject, path: `${path}.host` }, ['host', destination.host])];
  }
  const port = destination.port?.number ?? 0;
  const ports = portsOf(known);
  if (port === 0) {
    if (ports.length < 2) return [];
    return [found('IST0112', { subject, path }, [host, `[${ports.join(' ')}]`])];
  }
  if (ports.includes(port)) return [];
  const at = { subject, path: `${path}.port.number` };
  return [found('IST0101', at, ['host:port', `${destination.host}:${port}`])];
}

/** Ports that routes can lead to: those of UDP are none. */
function portsOf(services: readonly KnownService[]): readonly number[] {
  const ports = services.flatMap((service) => service.ports);
  const numbers = ports.filter(({ transport }) => transport !== 'UDP').map(({ number }) => number);
  return [...new Set(numbers)];
}

/** A Service that is there and could not be read is not missing. */
function isUnreadableService(host: string, { unreadable }: WorldIndex['world']): boolean {
  const [name = '', namespace = ''] = host.split('.');
  return unreadable.has(`Service/${namespace}/${name}`);
}

function delegateFindings(
  { subject, spec, namespace }: VirtualServiceView,
  index: WorldIndex,
): AnalysisFinding[] {
  return spec.http.flatMap(({ delegate }, at) => {
    if (delegate === undefined) return [];
    const home = delegate.namespace || namespace;
    const ref = `${home}/${delegate.name}`;
    const there =
      index.virtualServices.some((other) => other.namespace === home && other.name === delegate.name) ||
      index.world.unreadable.has(`${VIRTUAL_SERVICE.kind}/${ref}`);
    const path = `spec.http[${at}].delegate`;
    return there ? [] : [found('IST0101', { subject, path }, ['delegate', ref])];
  });
}
