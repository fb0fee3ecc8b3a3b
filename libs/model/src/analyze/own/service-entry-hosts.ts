import { isWildcardHost, matchHost } from '../../hosts.ts';
import { SERVICE_ENTRY } from '../../kinds/networking.ts';
import { isHttpProtocol, isTlsProtocol } from '../../port-protocol.ts';
import type { Protocol } from '../../protocol.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import { fullName } from '../classic/mesh-host-conflicts.ts';
import type { KnownService } from '../world/known-services.ts';
import { seenTogether } from '../world/visibility.ts';

/** Hosts of service entries that others define too, and wildcards that cover the hosts of others. */
export const serviceEntryHostAnalyzer: Analyzer = {
  name: 'serviceentry.ConflictingHostsAnalyzer',
  summary: 'Hosts that several ServiceEntries define, and wildcards that cover those of others',
  codes: ['QTT4011', 'QTT4012'],
  analyze: ({ services }) => {
    const written = services.all.filter(isWritten);
    const wildcards = written.filter(({ host }) => isWildcardHost(host));
    return [
      ...[...Map.groupBy(services.all, ({ host }) => host).values()].flatMap(repeated),
      ...wildcards.flatMap((wildcard) =>
        services.all
          .filter((other) => other.host !== wildcard.host && matchHost(wildcard.host, other.host))
          .flatMap((covered) => coverFindings(wildcard, covered)),
      ),
    ];
  },
};

/** True for what a user wrote, rather than found in Kubernetes. */
export function isWritten({ subject }: KnownService): boolean {
  return subject.kind === SERVICE_ENTRY.kind;
}

/** What an object is called in a message. */
export function subjectName({ subject }: KnownService): string {
  return `${subject.kind} ${fullName(subject)}`;
}

function repeated(all: readonly KnownService[]): AnalysisFinding[] {
  return all.flatMap((service, index) => {
    if (!isWritten(service)) return [];
    const older = all.slice(0, index).filter((other) => other.subject !== service.subject);
    for (const [at, port] of service.ports.entries()) {
      const owner = older.find(
        (other) => seenTogether(other, service) && other.ports.some(({ number }) => number === port.number),
      );
      if (owner === undefined) continue;
      const place = { subject: service.subject, path: `spec.ports[${at}]` };
      return [found('QTT4011', place, [service.host, port.number, subjectName(owner)])];
    }
    return [];
  });
}

function coverFindings(wildcard: KnownService, covered: KnownService): AnalysisFinding[] {
  if (wildcard.subject === covered.subject || !seenTogether(wildcard, covered)) return [];
  for (const [at, port] of wildcard.ports.entries()) {
    const other = covered.ports.find(({ number }) => number === port.number);
    if (other === undefined) continue;
    const clash = layerOf(port.protocol) !== layerOf(other.protocol);
    const why = clash
      ? `port ${port.number} is ${port.protocol.toUpperCase()} here and ${other.protocol.toUpperCase()} there`
      : `on port ${port.number} the narrower one counts for its host`;
    const place = { subject: wildcard.subject, path: `spec.ports[${at}]` };
    const severity = clash ? {} : ({ severity: 'info' } as const);
    const values = [wildcard.host, covered.host, subjectName(covered), why];
    return [found('QTT4012', { ...place, ...severity }, values)];
  }
  return [];
}

/** Protocols of one layer can share a port, since connections are told apart in the same way. */
export function layerOf(protocol: Protocol): 'http' | 'tls' | 'tcp' {
  if (isHttpProtocol(protocol)) return 'http';
  return isTlsProtocol(protocol) ? 'tls' : 'tcp';
}
