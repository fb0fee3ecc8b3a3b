import type { DestinationRule } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import type { ConfigObject } from '../../config-object.ts';
import { isWildcardHost, matchHost, mostSpecificHost, resolveHost } from '../../hosts.ts';
import { DESTINATION_RULE } from '../../kinds/networking.ts';
import type { AnalysisWorld } from './analysis-world.ts';
import { pickByAge } from './pick-kind.ts';
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
  /** All rules, of any namespace, whose host is `host` or a wildcard that covers it. */
  covering(host: string): readonly DestinationRuleView[];
};

/** Collects the destination rules of the world. */
export function destinationRulesOf({ objects, domain, meshConfig }: AnalysisWorld): DestinationRules {
  const all = pickByAge(objects, DESTINATION_RULE).map((subject) => {
    const { namespace, spec } = subject;
    const exportTo = effectiveExportTo(spec.exportTo, meshConfig.defaultDestinationRuleExportTo);
    return { subject, spec, namespace, exportTo, host: resolveHost(spec.host, namespace, domain) };
  });
  const everything = groupRules(all);
  const byHost = Map.groupBy(all, ({ host }) => host);
  const wildcards = all.filter(({ host }) => isWildcardHost(host));
  const root = meshConfig.rootNamespace;
  return {
    all,
    covering: (host) => [
      ...(byHost.get(host) ?? []),
      ...wildcards.filter((rule) => rule.host !== host && matchHost(rule.host, host)),
    ],
    find({ host, serviceNamespace, clientNamespace }) {
      const visible = (rule: DestinationRuleView): boolean => visibleIn(rule, clientNamespace);
      const own = clientNamespace === root ? [] : rulesFor(everything.get(clientNamespace), host, () => true);
      if (own.length > 0) return own;
      const exported = rulesFor(everything.get(serviceNamespace), host, visible);
      return exported.length > 0 ? exported : rulesFor(everything.get(root), host, visible);
    },
  };
}

/** The rules of one namespace by their hosts. */
type RulesByHost = ReadonlyMap<string, readonly DestinationRuleView[]>;

function groupRules(all: readonly DestinationRuleView[]): ReadonlyMap<string, RulesByHost> {
  const namespaces = Map.groupBy(all, ({ namespace }) => namespace);
  return new Map(
    [...namespaces].map(([namespace, rules]) => [namespace, Map.groupBy(rules, ({ host }) => host)]),
  );
}

/** The rules of the most specific host that have what is asked for. */
function rulesFor(
  rules: RulesByHost | undefined,
  host: string,
  wanted: (rule: DestinationRuleView) => boolean,
): readonly DestinationRuleView[] {
  if (rules === undefined) return [];
  const exact = rules.get(host)?.filter(wanted) ?? [];
  if (exact.length > 0) return exact;
  const wildcards = [...rules].filter(([pattern, list]) => isWildcardHost(pattern) && list.some(wanted));
  const best = mostSpecificHost(
    host,
    wildcards.map(([pattern]) => pattern),
  );
  return best === undefined ? [] : (rules.get(best)?.filter(wanted) ?? []);
}
