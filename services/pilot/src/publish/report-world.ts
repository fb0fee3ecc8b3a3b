import { SERVICE_ENTRY, SYNTHETIC_SERVICE_ENTRY, VIRTUAL_SERVICE } from '@quintet/model';
import type { Log } from '@quintet/runtime';
import type { PilotMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import type { IssueReporter } from './issue-reporter.ts';
import type { Publisher } from './publisher.ts';

export type WorldReport = {
  readonly publisher: Publisher;
  readonly store: Store;
  readonly issues: IssueReporter;
  readonly metrics: PilotMetrics;
  readonly log: Log;
};

/** Tells logs, metrics and the bus of a new world and of the issues that came with it. */
export function reportWorld({ publisher, store, issues: reporter, metrics, log }: WorldReport): void {
  const counts = store.counts();
  const count = (collection: string) => counts.get(collection) ?? 0;
  metrics.services.set(count(SERVICE_ENTRY.collection) + count(SYNTHETIC_SERVICE_ENTRY.collection));
  metrics.virtualServices.set(count(VIRTUAL_SERVICE.collection));
  const issues = publisher.issues();
  const all = [...issues, ...store.refusals().flatMap((refusal) => refusal.issues)];
  for (const severity of ['error', 'warning', 'info'] as const) {
    metrics.issues.set(all.filter((issue) => issue.severity === severity).length, { severity });
  }
  log.info({ revision: publisher.revision(), issues: all.length }, 'configuration is in use');
  reporter.report(issues, publisher.revision());
}
