import { compareByAge, type Issue, unrealisedRestrictions } from '@quintet/model';
import { buildQuotaSpecs } from '../quotas/quota-specs.ts';
import type { CompiledInstance } from '../templates/template.ts';
import { findHandlers, planHandlers } from './build-handlers.ts';
import { buildInstances } from './build-instances.ts';
import { type BuiltRule, buildRule } from './build-rules.ts';
import type { ConfigInput } from './config-input.ts';
import { buildManifest } from './manifest.ts';
import type { RulePlan, RuleTable } from './table.ts';

/**
 * Compiles the whole configuration. A mistake costs only the object it is in (and what refers to it), and is an issue.
 * Rules of `defaultNamespace` hold for requests of every namespace, others for those of their own.
 */
export function buildTable(input: ConfigInput, options: { readonly defaultNamespace: string }): RuleTable {
  const { manifest, issues: manifestIssues } = buildManifest(input.manifests);
  const built = buildInstances(input.instances, manifest);
  const { slots, issues: adapterIssues } = findHandlers(input.handlers);
  const context = { manifest, instances: built.instances, handlers: slots };
  const rules = [...input.rules].sort(compareByAge).map((object) => buildRule(object, context));
  const usable = rules.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  const { plans, issues: handlerIssues } = planHandlers(slots, usedInstances(usable));
  const quotaSpecs = buildQuotaSpecs(input.quotaSpecs);
  const ready = usable.map((rule) => withoutMissingHandlers(rule, plans));
  return {
    manifest,
    handlers: plans,
    rulesFor: rulesByNamespace(ready, options.defaultNamespace),
    quotaSpecs,
    issues: [
      ...manifestIssues,
      ...built.issues,
      ...adapterIssues,
      ...handlerIssues,
      ...rules.flatMap(({ issues }) => issues),
      ...quotaSpecs.issues,
      ...input.unrealised.flatMap(unrealisedRestrictions),
    ],
    counts: {
      attributes: manifest.size,
      handlers: input.handlers.length,
      handlerErrors: objectsIn([...adapterIssues, ...handlerIssues]),
      instances: input.instances.length,
      instanceErrors: built.errors,
      rules: input.rules.length,
      ruleErrors: rules.filter(hasError).length,
      matchErrors: rules.filter(({ matchError }) => matchError).length,
      unsatisfiedActions: rules.reduce((sum, { unsatisfiedActions }) => sum + unsatisfiedActions, 0),
    },
  };
}

function usedInstances(rules: readonly RulePlan[]): ReadonlyMap<string, ReadonlySet<CompiledInstance>> {
  const used = new Map<string, Set<CompiledInstance>>();
  for (const { actions } of rules) {
    for (const { handler, instances } of actions) {
      const known = used.get(handler) ?? new Set();
      for (const instance of instances) known.add(instance);
      used.set(handler, known);
    }
  }
  return used;
}

/** A decision by a handler whose parameters are wrong cannot be made, so it is refused. */
function withoutMissingHandlers(rule: RulePlan, plans: RuleTable['handlers']): RulePlan {
  const actions = rule.actions.filter(({ handler }) => plans.has(handler));
  const lost = rule.actions.flatMap(({ handler, variety }) =>
    plans.has(handler) || variety === 'report'
      ? []
      : [{ variety, reason: `handler ${handler} is not available` }],
  );
  return { ...rule, actions, refusals: [...rule.refusals, ...lost] };
}

function rulesByNamespace(rules: readonly RulePlan[], defaultNamespace: string): RuleTable['rulesFor'] {
  const byNamespace = Map.groupBy(rules, (rule) => rule.namespace);
  const everywhere = byNamespace.get(defaultNamespace) ?? [];
  const merged = new Map(
    [...byNamespace].map(([namespace, own]) => [
      namespace,
      namespace === defaultNamespace ? own : [...everywhere, ...own],
    ]),
  );
  return (namespace) => merged.get(namespace) ?? everywhere;
}

function hasError({ issues }: BuiltRule): boolean {
  return issues.some(({ severity }) => severity === 'error');
}

function objectsIn(issues: readonly Issue[]): number {
  const errors = issues.filter(({ severity }) => severity === 'error');
  return new Set(errors.map(({ resource }) => `${resource?.namespace}/${resource?.name}`)).size;
}
