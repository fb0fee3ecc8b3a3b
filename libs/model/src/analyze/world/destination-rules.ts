import type { DestinationRule } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { compareByAge } from '../../age.ts';
import type { ConfigObject } from '../../config-object.ts';
import { mostSpecificHost, resolveHost } from '../../hosts.ts';
import { DESTINATION_RULE } from '../../kinds/networking.ts';
import type { AnalysisWorld } from './analysis-world.ts';
import { pickKind } from './pick-kind.ts';
import { effectiveExportTo, type Visibility, visibleIn } from './visibility.ts';

/** A destination rule with its host resolved from the place where it stands. */
export type DestinationRuleView = Visibility & {
  readonly subject: ConfigObject<DestinationRule>;
  readonly spec: DestinationRule;
  /** Fully qualified, lower case, may be a wildcard. */
  readonly host: string;
};

/** A service as callers of one namespace look for its rule. */
export type RuleQuery = {
  readonly host: string;
  readonly serviceNamespace: string;
  readonly clientNamespace: string;
};

export type DestinationRules = {
  /** Oldest first. */
  readonly all: readonly DestinationRuleView[];
  /**
   * The rules that callers apply to a service, those of one host and namespace that add up: of their own namespace
   * (unless that is the root), else exported ones of the service's namespace, else of the root namespace. Within a
   * namespace the most specific host counts. Empty when there is none.
   */
  find(query: RuleQuery): readonly DestinationRuleView[];
};

/** Collects the destination rules of the world. */
export function destinationRulesOf({ objects, domain, meshConfig }: AnalysisWorld): DestinationRules {
  const all = pickKind(objects, DESTINATION_RULE)
    .toSorted(compareByAge)
    .map((subject) => {
      const { namespace, spec } = subject;
      const exportTo = effectiveExportTo(spec.exportTo, meshConfig.defaultDestinationRuleExportTo);
      return { subject, spec, namespace, exportTo, host: resolveHost(spec.host, namespace, domain) };
    });
  const byNamespace = Map.groupBy(all, ({ namespace }) => namespace);
  const root = meshConfig.rootNamespace;
  return {
    all,
    find({ host, serviceNamespace, clientNamespace }) {
      const own = clientNamespace === root ? [] : (byNamespace.get(clientNamespace) ?? []);
      const lists = [
        own,
        ...[serviceNamespace, root].map((namespace) => exported(namespace, clientNamespace)),
      ];
      return lists.map((rules) => mostSpecific(rules, host)).find((rules) => rules.length > 0) ?? [];
    },
  };

  function exported(namespace: string, clientNamespace: string): readonly DestinationRuleView[] {
    return byNamespace.get(namespace)?.filter((rule) => visibleIn(rule, clientNamespace)) ?? [];
  }
}

function mostSpecific(rules: readonly DestinationRuleView[], host: string): readonly DestinationRuleView[] {
  const best = mostSpecificHost(
    host,
    rules.map((rule) => rule.host),
  );
  return best === undefined ? [] : rules.filter((rule) => rule.host === best);
}
