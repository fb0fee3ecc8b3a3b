import { type ConfigObject, type Issue, isWildcardHost, mostSpecificHost, resolveHost } from '@quintet/model';
import type {
  DestinationRule,
  Subset,
  TrafficPolicy,
} from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { issueAbout } from './issue-about.ts';
import { type Keyed, reuse } from './reuse.ts';
import { effectiveExportTo } from './visibility.ts';

/** All destination rules of one host in one namespace, merged: subsets together, the first traffic policy counts. */
export type DestinationRuleConfig = Keyed & {
  readonly host: string;
  readonly namespace: string;
  readonly trafficPolicy?: TrafficPolicy;
  readonly subsets: readonly Subset[];
  readonly sources: readonly string[];
};

/** Rules by host. */
type RulesByHost = ReadonlyMap<string, DestinationRuleConfig>;

export type DestinationRuleIndex = Keyed & {
  /** Every rule of a namespace, the private ones included, by namespace. */
  readonly own: ReadonlyMap<string, RulesByHost>;
  /** The exported rules of a namespace, by namespace. */
  readonly exported: ReadonlyMap<string, RulesByHost>;
  readonly issues: readonly Issue[];
};

type Rule = {
  readonly object: ConfigObject<DestinationRule>;
  readonly host: string;
  readonly exported: boolean;
};

/** Builds the index from rules, oldest first; a subset defined again is left out with an issue. */
export function buildDestinationRules(options: {
  readonly objects: readonly ConfigObject<DestinationRule>[];
  readonly exportTo: readonly string[];
  readonly domain: string;
  readonly previous?: DestinationRuleIndex;
}): DestinationRuleIndex {
  const { objects, exportTo, domain } = options;
  return reuse(options.previous, contentKey([objects.map(objectKey), exportTo, domain]), (key) => {
    const rules = objects.map((object) => ({
      object,
      host: resolveHost(object.spec.host, object.namespace, domain),
      exported: effectiveExportTo(object.spec.exportTo, exportTo).includes('*'),
    }));
    const issues: Issue[] = [];
    const own = mergeByNamespace(rules, issues);
    return {
      key,
      own,
      exported: mergeByNamespace(
        rules.filter((rule) => rule.exported),
        [],
      ),
      issues,
    };
  });
}

/**
 * The rule that proxies of `proxyNamespace` apply to a service: of their own namespace (unless that is the root),
 * else an exported one of the service's namespace, else an exported one of the root namespace. Within a namespace the
 * most specific host counts.
 */
export function findDestinationRule(
  index: DestinationRuleIndex,
  query: {
    readonly host: string;
    readonly serviceNamespace: string;
    readonly proxyNamespace: string;
    readonly rootNamespace: string;
  },
): DestinationRuleConfig | undefined {
  const own = query.proxyNamespace === query.rootNamespace ? undefined : index.own.get(query.proxyNamespace);
  return (
    mostSpecific(own, query.host) ??
    mostSpecific(index.exported.get(query.serviceNamespace), query.host) ??
    mostSpecific(index.exported.get(query.rootNamespace), query.host)
  );
}

function mostSpecific(rules: RulesByHost | undefined, host: string): DestinationRuleConfig | undefined {
  if (!rules) return undefined;
  const exact = rules.get(host);
  if (exact) return exact;
  const best = mostSpecificHost(host, [...rules.keys()].filter(isWildcardHost));
  return best === undefined ? undefined : rules.get(best);
}

function mergeByNamespace(rules: readonly Rule[], issues: Issue[]): ReadonlyMap<string, RulesByHost> {
  const namespaces = Map.groupBy(rules, (rule) => rule.object.namespace);
  return new Map(
    [...namespaces].map(([namespace, list]) => {
      const hosts = Map.groupBy(list, (rule) => rule.host);
      return [namespace, new Map([...hosts].map(([host, same]) => [host, merge(host, same, issues)]))];
    }),
  );
}

function merge(host: string, rules: readonly Rule[], issues: Issue[]): DestinationRuleConfig {
  const subsets = new Map<string, Subset>();
  const policies = rules.flatMap(({ object }) => object.spec.trafficPolicy ?? []);
  for (const { object } of rules) {
    for (const [index, subset] of object.spec.subsets.entries()) {
      if (subsets.has(subset.name)) {
        issues.push(
          issueAbout(object, {
            code: 'QTT3001',
            path: `spec.subsets[${index}].name`,
            message: `subset ${subset.name} of host ${host} is already defined; the first definition counts`,
          }),
        );
      } else subsets.set(subset.name, subset);
    }
  }
  const [trafficPolicy] = policies;
  return {
    key: contentKey(rules.map(({ object }) => objectKey(object))),
    host,
    namespace: rules[0]?.object.namespace ?? '',
    ...(trafficPolicy && { trafficPolicy }),
    subsets: [...subsets.values()],
    sources: rules.map(({ object }) => sourceOf(object)).toSorted(),
  };
}
