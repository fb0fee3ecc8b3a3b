import type { EventPublisher } from '@quintet/bus';
import type { ConfigState, Configuration, FilesChange, StateChange } from '@quintet/files';
import type { Snapshots } from '@quintet/mcp';
import { formatIssue, KINDS, kindByName } from '@quintet/model';
import type { Log } from '@quintet/runtime';
import { nameOf, publishChanges, publishFileIssues } from './events.ts';
import type { LastGood } from './last-good/last-good-file.ts';
import type { GalleyMetrics } from './metrics.ts';

export type TakeOverOptions = {
  readonly configuration: Configuration;
  readonly snapshots: Snapshots;
  readonly lastGood: LastGood | undefined;
  readonly events: EventPublisher;
  readonly metrics: GalleyMetrics;
  readonly log: Log;
};

/** More names than this in one line of the log help nobody. */
const MOST_NAMED = 8;

/** What is done with every change of the files: check, hand out, keep, and then tell (log first, then events). */
export function takeOver(options: TakeOverOptions): (change: FilesChange) => void {
  const { configuration, snapshots, lastGood, events, metrics, log } = options;
  return (files) => {
    const { changes, newIssues, objects } = configuration.take(files);
    if (objects !== undefined) {
      const changed = snapshots.publish(objects);
      if (changed.length > 0) {
        metrics.snapshotsPublished.add(1);
        lastGood?.keep(objects);
        const collections = changed.length > MOST_NAMED ? `${changed.length} collections` : changed;
        log.info({ collections, objects: objects.length }, 'configuration handed out');
      }
    }
    for (const change of changes) logChange(log, change);
    for (const issue of newIssues) log.warn({ issue: formatIssue(issue) }, 'configuration not read');
    count(metrics, changes);
    countState(metrics, configuration.state());
    publishChanges(events, changes);
    publishFileIssues(events, newIssues);
  };
}

function logChange(log: Log, { kind, entry }: StateChange): void {
  const { resource, origin, state, issues } = entry;
  const fields = {
    object: nameOf(resource),
    origin: `${origin.file}:${origin.line}`,
    issues: issues.map(formatIssue),
  };
  if (kind === 'rejected') log.warn({ ...fields, state }, 'configuration rejected');
  else if (issues.length > 0) log.warn(fields, 'configuration applied with warnings');
  else log.debug(fields, kind === 'applied' ? 'configuration applied' : 'configuration removed');
}

function count(metrics: GalleyMetrics, changes: readonly StateChange[]): void {
  metrics.eventsProcessed.add(changes.length);
  for (const { kind, entry } of changes) {
    const row = kindByName(entry.resource.kind);
    const labels = { group: row?.group ?? '', version: row?.versions[0] ?? '', resource: row?.plural ?? '' };
    if (kind === 'applied') metrics.validationPassed.add(1, labels);
    else if (kind === 'rejected') {
      const reason = entry.issues.find((issue) => issue.severity === 'error')?.code ?? '';
      metrics.validationFailed.add(1, { ...labels, reason });
    }
  }
}

function countState(metrics: GalleyMetrics, state: ConfigState): void {
  const instances = new Map(KINDS.map(({ collection }) => [collection, 0]));
  const quarantined = { held: 0, rejected: 0 };
  for (const { object, state: how } of state.entries.values()) {
    if (object !== undefined) instances.set(object.collection, (instances.get(object.collection) ?? 0) + 1);
    if (how !== 'applied') quarantined[how] += 1;
  }
  for (const [collection, number] of instances) metrics.typeInstances.set(number, { collection });
  for (const [how, number] of Object.entries(quarantined)) metrics.quarantined.set(number, { state: how });
}
