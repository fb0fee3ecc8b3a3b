import type { EventPublisher } from '@quintet/bus';
import { resourceName, type Snapshots } from '@quintet/mcp';
import { formatIssue } from '@quintet/model';
import type { Clock, Log } from '@quintet/runtime';
import { countChange, countInstances } from './count.ts';
import { nameOf, publishChanges, publishFileIssues } from './events.ts';
import type { LastGood } from './last-good/last-good-file.ts';
import type { GalleyMetrics } from './metrics.ts';
import type { ConfigStore } from './store/config-store.ts';
import type { EntryChange, StoreChange } from './store/entry.ts';
import type { SourceBatch } from './store/source.ts';

export type TakeOverOptions = {
  readonly store: ConfigStore;
  readonly snapshots: Snapshots;
  readonly lastGood: LastGood | undefined;
  readonly events: EventPublisher;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly log: Log;
};

/** More names than this in one line of the log help nobody. */
const MOST_NAMED = 8;

/**
 * What is done with every batch of every source: take it into the store, hand out what is different, keep it over a
 * restart, and then tell (log first, then events). The cost is in proportion to the batch. Answers what the store made of it.
 */
export function takeOver(options: TakeOverOptions): (batch: SourceBatch) => StoreChange {
  const { store, snapshots, lastGood, events, metrics, clock, log } = options;
  let published: number | undefined;
  let came: number | undefined;
  return (batch) => {
    const began = clock.monotonic();
    if (came !== undefined) metrics.eventSpan.record(began - came);
    came = began;
    const change = store.take(batch);
    const collections = handOut(snapshots, change);
    if (collections.length > 0) {
      metrics.snapshotsPublished.add(1);
      if (published !== undefined) metrics.snapshotLifetime.record(began - published);
      published = began;
      lastGood?.keep(() => store.written());
      logHandedOut(log, collections, change);
    }
    for (const told of change.told) logChange(log, told);
    for (const issue of change.newIssues) {
      const what =
        issue.severity === 'error' ? 'configuration not read' : 'configuration not taken over whole';
      log.warn({ issue: formatIssue(issue) }, what);
    }
    countChange(metrics, change);
    countInstances(metrics, store.counts(), change);
    metrics.takeOver.record(clock.monotonic() - began);
    publishChanges(events, change.told);
    publishFileIssues(events, change.newIssues);
    return change;
  };
}

/** Returns the collections that changed. */
function handOut(snapshots: Snapshots, { config, first }: StoreChange): readonly string[] {
  const put = config.flatMap(({ after }) => (after === undefined ? [] : [after]));
  if (first) return snapshots.publish(put);
  if (config.length === 0) return [];
  const removed = config.flatMap(({ before, after }) =>
    before === undefined || after !== undefined
      ? []
      : [{ collection: before.collection, name: resourceName(before) }],
  );
  return snapshots.update({ put, removed });
}

function logHandedOut(log: Log, changed: readonly string[], { config }: StoreChange): void {
  const collections = changed.length > MOST_NAMED ? `${changed.length} collections` : changed;
  log.info({ collections, objects: config.length }, 'configuration handed out');
}

function logChange(log: Log, { kind, entry }: EntryChange): void {
  const { resource, source, origin, state, issues } = entry;
  const fields = {
    object: nameOf(resource),
    origin: origin.file === '' ? source : `${origin.file}:${origin.line}`,
    issues: issues.map(formatIssue),
  };
  if (kind === 'rejected') log.warn({ ...fields, state }, 'configuration rejected');
  else if (issues.length > 0) log.warn(fields, 'configuration applied with warnings');
  else log.debug(fields, kind === 'applied' ? 'configuration applied' : 'configuration removed');
}
