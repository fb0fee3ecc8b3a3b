import { matchHost } from '../../hosts.ts';
import { type Analyzer, found } from '../analyzer.ts';
import type { KnownService } from '../world/known-services.ts';
import { visibleIn } from '../world/visibility.ts';

/** Egress hosts of Sidecars that bring in one host from several namespaces, of which the proxy can use one. */
export const sidecarHostConflictAnalyzer: Analyzer = {
  name: 'sidecar.ConflictingEgressHostsAnalyzer',
  summary: 'Egress hosts of a Sidecar that bring in the same host from several namespaces',
  codes: ['QTT4005'],
  analyze: ({ sidecars, services }) => {
    const shared = [...Map.groupBy(services.all, ({ host }) => host)].filter(
      ([, all]) => homesOf(all).length > 1,
    );
    return sidecars.flatMap((subject) =>
      subject.spec.egress.flatMap(({ hosts }, listener) =>
        hosts.flatMap((written, index) => {
          const [namespace, pattern = ''] = written.split('/');
          if (namespace !== '*') return [];
          const at = { subject, path: `spec.egress[${listener}].hosts[${index}]` };
          return shared.flatMap(([host, all]) => {
            if (!matchHost(pattern.toLowerCase(), host)) return [];
            const homes = homesOf(all.filter((service) => visibleIn(service, subject.namespace)));
            // What stands in the Sidecar's own namespace comes first: that is no accident.
            if (homes.length < 2 || homes.includes(subject.namespace)) return [];
            return [found('QTT4005', at, [written, host, homes.join(', ')])];
          });
        }),
      ),
    );
  },
};

function homesOf(services: readonly KnownService[]): readonly string[] {
  return [...new Set(services.map(({ namespace }) => namespace))].toSorted();
}
