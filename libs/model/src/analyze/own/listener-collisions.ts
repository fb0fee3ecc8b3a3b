import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import type { KnownPort, KnownService } from '../world/known-services.ts';
import { seenTogether } from '../world/visibility.ts';
import { isWritten, layerOf, subjectName } from './service-entry-hosts.ts';

/** TCP ports of service entries that want the address and port of another service. */
export const listenerCollisionAnalyzer: Analyzer = {
  name: 'serviceentry.AddressCollisionAnalyzer',
  summary: 'TCP ports of ServiceEntries that want an address and port which another has',
  codes: ['QTT4013'],
  analyze: ({ services }) => {
    const wanted = services.all.flatMap((service) =>
      service.ports
        .filter(({ transport }) => transport !== 'UDP')
        .flatMap((port, index) => listenersOf(service, port).map((key) => ({ service, port, index, key }))),
    );
    return [...Map.groupBy(wanted, ({ key }) => key).values()].flatMap((all) => {
      if (all.every(({ port }) => layerOf(port.protocol) !== 'tcp')) return [];
      const seen = new Set<unknown>();
      return all.flatMap((want, at) => {
        if (!isWritten(want.service) || seen.has(want.service.subject)) return [];
        const owner = all.slice(0, at).find((older) => collide(older, want));
        if (owner === undefined) return [];
        seen.add(want.service.subject);
        return [collision(owner, want)];
      });
    });
  },
};

type Want = {
  readonly service: KnownService;
  readonly port: KnownPort;
  readonly index: number;
  /** `<address>:<port>` */
  readonly key: string;
};

const ANY_ADDRESS = '0.0.0.0';

/** HTTP and TLS are told apart by what they carry and share a listener; TCP has its addresses to itself. */
function listenersOf({ addresses }: KnownService, { number, protocol }: KnownPort): readonly string[] {
  const own = layerOf(protocol) === 'tcp' && addresses.length > 0;
  return own ? addresses.map((address) => `${address}:${number}`) : [`${ANY_ADDRESS}:${number}`];
}

function collide(older: Want, younger: Want): boolean {
  if (older.service.subject === younger.service.subject || older.service.host === younger.service.host)
    return false;
  // Without addresses of its own a service of Kubernetes is headless: its pods have them.
  if (!isWritten(older.service) && layerOf(older.port.protocol) === 'tcp') return false;
  const layers = [layerOf(older.port.protocol), layerOf(younger.port.protocol)];
  return layers.includes('tcp') && seenTogether(older.service, younger.service);
}

function collision(owner: Want, { service, port, index, key }: Want): AnalysisFinding {
  const place = { subject: service.subject, path: `spec.ports[${index}]` };
  return found('QTT4013', place, [port.number, service.host, key, subjectName(owner.service)]);
}
