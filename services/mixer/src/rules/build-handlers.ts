import type { ConfigObject, Issue } from '@quintet/model';
import type { Handler } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import type { Adapter } from '../adapters/adapter.ts';
import { ADAPTERS, UNREALISED_ADAPTERS } from '../adapters/adapters.ts';
import type { CompiledInstance } from '../templates/template.ts';
import { canonicalJson } from './canonical-json.ts';
import { issueAt, MIXER_ISSUES } from './issues.ts';
import type { HandlerPlan } from './table.ts';

/** A handler object as far as rules need it. */
export type HandlerSlot = {
  readonly object: ConfigObject<Handler>;
  /** Absent when the adapter is none that runs inside mixer. */
  readonly adapter: Adapter | undefined;
};

/** Handlers by `<name>.handler.<namespace>`, with what is wrong with those whose adapter cannot be used. */
export function findHandlers(objects: readonly ConfigObject<Handler>[]): {
  readonly slots: ReadonlyMap<string, HandlerSlot>;
  readonly issues: readonly Issue[];
} {
  const slots = new Map<string, HandlerSlot>();
  const issues: Issue[] = [];
  for (const object of objects) {
    const { compiledAdapter, adapter: external } = object.spec;
    const adapter = ADAPTERS.get(compiledAdapter);
    const unrealised = adapter === undefined && (UNREALISED_ADAPTERS.has(compiledAdapter) || external !== '');
    slots.set(`${object.name}.handler.${object.namespace}`, { object, adapter });
    if (adapter === undefined) issues.push(adapterIssue(object, unrealised));
    else if (object.spec.connection !== undefined) {
      const message = `adapter ${compiledAdapter} runs in this process, so a connection has no effect`;
      issues.push(issueAt(object, { path: 'connection', message }, { severity: 'warning' }));
    }
  }
  return { slots, issues };
}

function adapterIssue(object: ConfigObject<Handler>, unrealised: boolean): Issue {
  const { compiledAdapter, adapter: external } = object.spec;
  if (unrealised) {
    const path = compiledAdapter === '' ? 'adapter' : 'compiledAdapter';
    const message = `adapter ${compiledAdapter || external} is not realised`;
    return issueAt(object, { path, message }, { code: MIXER_ISSUES.restriction });
  }
  const message = `found adapter ${JSON.stringify(compiledAdapter)}, expected one of ${[...ADAPTERS.keys()].join(', ')}`;
  return issueAt(object, { path: 'compiledAdapter', message }, { code: MIXER_ISSUES.reference });
}

/**
 * Plans the handlers that rules use. The signature holds the parameters and the types of the instances they are given:
 * who has the same one need not be made again.
 */
export function planHandlers(
  slots: ReadonlyMap<string, HandlerSlot>,
  used: ReadonlyMap<string, ReadonlySet<CompiledInstance>>,
): { readonly plans: ReadonlyMap<string, HandlerPlan>; readonly issues: readonly Issue[] } {
  const plans = new Map<string, HandlerPlan>();
  const issues: Issue[] = [];
  for (const [key, { object, adapter }] of slots) {
    if (adapter === undefined) continue;
    const instances = [...(used.get(key) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
    const params = object.spec.params ?? {};
    const { problems, build } = adapter.configure(params, { namespace: object.namespace, instances });
    issues.push(...problems.map((problem) => issueAt(object, problem)));
    if (build === undefined || !used.has(key)) continue;
    const types = instances.map(({ name, types: fields }) => [name, ...[...fields].flat()]);
    const signature = canonicalJson([adapter.name, params, types]);
    plans.set(key, {
      key,
      name: `${object.name}.${object.namespace}`,
      adapter: adapter.name,
      signature,
      build,
    });
  }
  return { plans, issues };
}
