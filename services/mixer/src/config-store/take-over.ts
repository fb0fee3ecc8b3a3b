import type { MixerEvents } from '../events.ts';
import type { MixerMetrics } from '../metrics.ts';
import { buildTable } from '../rules/build-table.ts';
import type { TableCounts } from '../rules/table.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Directory } from '../workloads/directory.ts';
import { POLICY_COLLECTIONS, WORKLOAD_COLLECTIONS } from './collections.ts';
import { knownInstances, policyInput } from './read-config.ts';
import type { ConfigStore } from './store.ts';

/** Puts changed collections to work: workloads into the directory, everything else as a new rule table. */
export function takeOver(options: {
  readonly store: ConfigStore;
  readonly runtime: Runtime;
  readonly directory: Directory;
  readonly events: MixerEvents;
  readonly metrics: MixerMetrics;
  readonly defaultNamespace: string;
}): (collections: ReadonlySet<string>) => void {
  const { store, runtime, directory, events, metrics, defaultNamespace } = options;
  return (collections) => {
    if (WORKLOAD_COLLECTIONS.some((collection) => collections.has(collection))) {
      directory.replace(knownInstances(store));
    }
    if (!POLICY_COLLECTIONS.some((collection) => collections.has(collection))) return;
    const table = buildTable(policyInput(store), { defaultNamespace });
    runtime.publish(table);
    countTable(table.counts, metrics);
    events.issues(table.issues);
    events.configApplied({ rules: table.counts.rules, handlers: runtime.current()?.handlers.size ?? 0 });
  };
}

function countTable(counts: TableCounts, metrics: MixerMetrics): void {
  metrics.attributes.set(counts.attributes);
  metrics.handlerConfigs.set(counts.handlers);
  metrics.handlerErrors.set(counts.handlerErrors);
  metrics.instanceConfigs.set(counts.instances);
  metrics.instanceErrors.set(counts.instanceErrors);
  metrics.ruleConfigs.set(counts.rules);
  metrics.ruleErrors.set(counts.ruleErrors);
  metrics.matchErrors.set(counts.matchErrors);
  metrics.unsatisfiedActions.set(counts.unsatisfiedActions);
}
