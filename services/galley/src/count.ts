import { KINDS, kindByName } from '@quintet/model';
import type { GalleyMetrics } from './metrics.ts';
import type { StoreCounts } from './store/config-store.ts';
import type { StoreChange } from './store/entry.ts';

/** Counts what became of the objects of a batch. */
export function countChange(metrics: GalleyMetrics, { told, config, native }: StoreChange): void {
  metrics.eventsProcessed.add(told.length + native.length);
  if (config.length > 0) metrics.snapshotEvents.record(config.length);
  for (const { kind, entry } of told) {
    const row = kindByName(entry.resource.kind);
    const labels = { group: row?.group ?? '', version: row?.versions[0] ?? '', resource: row?.plural ?? '' };
    if (kind === 'applied') metrics.validationPassed.add(1, labels);
    else if (kind === 'rejected') {
      const reason = entry.issues.find((issue) => issue.severity === 'error')?.code ?? '';
      metrics.validationFailed.add(1, { ...labels, reason });
    }
  }
}

/** Sets how many objects there are, of the collections that a batch touched. */
export function countInstances(
  metrics: GalleyMetrics,
  counts: StoreCounts,
  { config, first }: StoreChange,
): void {
  const touched = first
    ? KINDS.map(({ collection }) => collection)
    : config.flatMap(({ before, after }) => before?.collection ?? after?.collection ?? []);
  for (const collection of new Set(touched))
    metrics.typeInstances.set(counts.instances.get(collection) ?? 0, { collection });
  metrics.quarantined.set(counts.held, { state: 'held' });
  metrics.quarantined.set(counts.rejected, { state: 'rejected' });
}
