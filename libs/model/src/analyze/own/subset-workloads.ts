import { isWildcardHost } from '../../hosts.ts';
import { type Labels, labelsMatch } from '../../labels.ts';
import { type Analyzer, found } from '../analyzer.ts';
import { selectorText } from '../classic/gateway-ports.ts';
import type { DestinationRuleView } from '../world/destination-rules.ts';
import type { KnownService } from '../world/known-services.ts';
import type { WorldIndex } from '../world/world-index.ts';

/** Subsets of destination rules whose labels no workload of the service carries. */
export const subsetWorkloadAnalyzer: Analyzer = {
  name: 'destinationrule.SubsetWorkloadAnalyzer',
  summary: 'Subsets whose labels no workload of the service carries',
  codes: ['QTT4006'],
  analyze: (index) =>
    index.destinationRules.all.flatMap((rule) => {
      const instances = instancesOf(rule, index);
      if (instances === undefined) return [];
      return rule.spec.subsets.flatMap(({ name, labels }, at) => {
        if (instances.some((instance) => labelsMatch(labels, instance))) return [];
        if (Object.keys(labels).length === 0) return [];
        const place = { subject: rule.subject, path: `spec.subsets[${at}].labels` };
        return [found('QTT4006', place, [rule.host, selectorText(labels), name])];
      });
    }),
};

/** The labels of all instances of the rule's service; undefined when they are not in the input. */
function instancesOf(rule: DestinationRuleView, index: WorldIndex): readonly Labels[] | undefined {
  if (isWildcardHost(rule.host)) return undefined;
  const services = index.services.find(rule.host, rule.namespace).filter(({ host }) => host === rule.host);
  const instances = services.flatMap((service) => [
    ...service.endpoints,
    ...selected(service, index).map(({ labels }) => labels),
  ]);
  const known = instances.length > 0 || (index.world.complete && services.some(({ selector }) => selector));
  return known ? instances : undefined;
}

function selected({ selector, namespace }: KnownService, { workloads }: WorldIndex) {
  return selector === undefined ? [] : workloads.select(selector, namespace);
}
