import { type ConfigObject, KINDS } from '@quintet/model';
import { defineMetrics, type MetricDeclaration, type Metrics } from '@quintet/runtime';
import type { ConfigStore } from './store/config-store.ts';

/** Above this many objects of a collection a series for each helps nobody, and costs at every collection of metrics. */
const MOST_NAMED = 1000;
const VERSION = /^v\d+(?:(?:alpha|beta)\d+)?$/;

type ObjectGauge = MetricDeclaration & {
  readonly kind: 'presentGauge';
  readonly labels: readonly ['name', 'namespace', 'version'];
};

/**
 * The gauges of single collections, by collection. The classic name is that of the collection without its version, which
 * is a label: `galley_istio_networking_gateways{version="v1alpha3"}`.
 */
export const COLLECTION_METRICS = defineMetrics(
  Object.fromEntries(KINDS.map(({ collection }) => [collection, gaugeOf(collection)])),
);

function gaugeOf(collection: string): ObjectGauge {
  const unversioned = collection.split('/').filter((part) => !VERSION.test(part));
  const help =
    'Objects handed out, 1 for each; of more than ' +
    `${MOST_NAMED} there is one series without name and namespace that says how many.`;
  const name = `galley_${unversioned.join('_')}`;
  return { kind: 'presentGauge', name, help, labels: ['name', 'namespace', 'version'] };
}

/** Shows the objects of every collection whenever metrics are collected: none before the first complete set. */
export function observeCollections(
  metrics: Pick<Metrics, 'create'>,
  store: Pick<ConfigStore, 'entries' | 'missing'>,
): void {
  const gauges = metrics.create(COLLECTION_METRICS);
  const grouped = groupOnce(store);
  for (const { collection } of KINDS) {
    const version = collection.split('/').find((part) => VERSION.test(part)) ?? '';
    gauges[collection]?.observe((report) => {
      const group = grouped().get(collection) ?? [];
      if (group.length > MOST_NAMED) report(group.length, { name: '', namespace: '', version });
      else for (const { name, namespace } of group) report(1, { name, namespace, version });
    });
  }
}

/** Groups what is handed out once for all gauges, which are read one right after the other. */
function groupOnce(
  store: Pick<ConfigStore, 'entries' | 'missing'>,
): () => ReadonlyMap<string, readonly ConfigObject[]> {
  let groups: ReadonlyMap<string, readonly ConfigObject[]> | undefined;
  return () => {
    if (groups !== undefined) return groups;
    groups = Map.groupBy(handedOut(store), ({ collection }) => collection);
    queueMicrotask(() => {
      groups = undefined;
    });
    return groups;
  };
}

function* handedOut(store: Pick<ConfigStore, 'entries' | 'missing'>): Iterable<ConfigObject> {
  if (store.missing() !== undefined) return;
  for (const { object } of store.entries.values()) if (object !== undefined) yield object;
}
