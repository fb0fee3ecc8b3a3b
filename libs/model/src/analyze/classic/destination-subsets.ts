import { resolveHost } from '../../hosts.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import { destinationsOf, type VirtualServiceView } from '../world/virtual-services.ts';
import { visibleIn } from '../world/visibility.ts';
import type { WorldIndex } from '../world/world-index.ts';

/** Subsets that virtual services name and that no destination rule defines. */
export const destinationSubsetAnalyzer: Analyzer = {
  name: 'virtualservice.DestinationRuleAnalyzer',
  summary: 'Subsets that a VirtualService names and no DestinationRule defines',
  codes: ['IST0101'],
  analyze: (index) => index.virtualServices.flatMap((service) => subsetFindings(service, index)),
};

function subsetFindings(service: VirtualServiceView, index: WorldIndex): AnalysisFinding[] {
  return destinationsOf(service.spec).flatMap(({ destination, path }) => {
    const { host: written, subset } = destination;
    if (subset === '') return [];
    const host = resolveHost(written, service.namespace, index.world.domain);
    if (isDefined(host, subset, service, index)) return [];
    const at = { subject: service.subject, path: `${path}.subset` };
    return [found('IST0101', at, ['host+subset in destinationrule', `${written}+${subset}`])];
  });
}

/**
 * Whether some caller can find the subset: in a rule of the namespace of the virtual service, of the service, or of
 * the root, or in any other that is exported to callers who see the virtual service.
 */
function isDefined(host: string, subset: string, service: VirtualServiceView, index: WorldIndex): boolean {
  const { destinationRules, services, world } = index;
  const homes = new Set([
    world.meshConfig.rootNamespace,
    ...services.find(host, service.namespace).map(({ namespace }) => namespace),
  ]);
  return destinationRules
    .covering(host)
    .some(
      (rule) =>
        rule.spec.subsets.some(({ name }) => name === subset) &&
        (rule.namespace === service.namespace ||
          (homes.has(rule.namespace) && visibleIn(rule, service.namespace))),
    );
}
