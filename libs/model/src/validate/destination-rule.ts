import type { DestinationRule } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import {
  checkDnsLabel,
  checkExportTo,
  checkHostPattern,
  checkLabels,
  checkSelector,
  checkUnique,
} from './names.ts';
import { collect, shown, warnings } from './report.ts';
import { checkTrafficPolicy } from './traffic-policy.ts';

/** Checks a DestinationRule. */
export function validateDestinationRule({
  namespace,
  spec,
}: ConfigObject<DestinationRule>): readonly Finding[] {
  return collect((report) => {
    checkHostPattern(spec.host, 'spec.host', report);
    checkTrafficPolicy(spec.trafficPolicy, 'spec.trafficPolicy', report);
    for (const [index, subset] of spec.subsets.entries()) {
      const path = `spec.subsets[${index}]`;
      checkDnsLabel(subset.name, `${path}.name`, report);
      checkLabels(subset.labels, `${path}.labels`, report);
      checkTrafficPolicy(subset.trafficPolicy, `${path}.trafficPolicy`, report);
    }
    const names = spec.subsets.map(({ name }, index) => ({
      value: name,
      path: `spec.subsets[${index}].name`,
    }));
    checkUnique(names, 'the subset', warnings(report));
    checkExportTo(spec.exportTo, report, { namespace });
    if (spec.workloadSelector === undefined) return;
    checkSelector(spec.workloadSelector.matchLabels, 'spec.workloadSelector.matchLabels', report);
    for (const [index, entry] of spec.exportTo.entries()) {
      if (entry !== '.' && entry !== namespace)
        report(
          `spec.exportTo[${index}]`,
          `a rule with workloadSelector stays in its namespace, found ${shown(entry)}`,
        );
    }
  });
}
