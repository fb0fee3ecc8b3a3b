import type { EventPublisher } from '@quintet/bus';
import {
  formatIssue,
  type Issue,
  SERVICE_ENTRY,
  SYNTHETIC_SERVICE_ENTRY,
  VIRTUAL_SERVICE,
} from '@quintet/model';
import type { Log } from '@quintet/runtime';
import type { PilotMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import type { Publisher } from './publisher.ts';

export type WorldReport = {
  readonly publisher: Publisher;
  readonly store: Store;
  /** The issues of the world before: only what is new makes an event. */
  readonly before: readonly Issue[];
  readonly metrics: PilotMetrics;
  readonly events: EventPublisher;
  readonly log: Log;
};

/** Tells logs, metrics and the bus of a new world and of the issues that came with it. */
export function reportWorld({ publisher, store, before, metrics, events, log }: WorldReport): void {
  const counts = store.counts();
  const count = (collection: string) => counts.get(collection) ?? 0;
  metrics.services.set(count(SERVICE_ENTRY.collection) + count(SYNTHETIC_SERVICE_ENTRY.collection));
  metrics.virtualServices.set(count(VIRTUAL_SERVICE.collection));
  const issues = publisher.issues();
  for (const severity of ['error', 'warning', 'info'] as const) {
    metrics.issues.set(issues.filter((issue) => issue.severity === severity).length, { severity });
  }
  const known = new Set(before.map(formatIssue));
  const fresh = issues.filter((issue) => !known.has(formatIssue(issue)));
  log.info({ revision: publisher.revision(), issues: issues.length }, 'configuration is in use');
  for (const issue of fresh) {
    const { severity, code, path, resource } = issue;
    const message = formatIssue(issue);
    log.warn({ code, path }, message);
    events.publish({
      type: 'config.issue',
      severity,
      message,
      ...(resource && { resource: { ...resource } }),
      attributes: { code, path },
    });
  }
}
