import type { EventPublisher } from '@quintet/bus';
import { formatIssue, type Issue } from '@quintet/model';
import type { Log } from '@quintet/runtime';

/** Tells of each issue once, for as long as it lasts. */
export type IssueReporter = {
  /** These issues exist in a revision; those that were told in it or in the one before are not told again. */
  readonly report: (issues: readonly Issue[], revision: number) => void;
};

/** Many proxies have the same issue, and it stays from revision to revision: one log line and one event is enough. */
export function createIssueReporter({ events, log }: { events: EventPublisher; log: Log }): IssueReporter {
  let told = new Map<string, number>();
  return {
    report(issues, revision) {
      for (const issue of issues) {
        const message = formatIssue(issue);
        const isNew = !told.has(message);
        told.set(message, revision);
        if (isNew) tell(issue, message, events, log);
      }
      // Proxies look at a revision one after the other: what one of them has not seen again may still be there.
      told = new Map([...told].filter(([, seen]) => seen >= revision - 1));
    },
  };
}

function tell(issue: Issue, message: string, events: EventPublisher, log: Log): void {
  const { severity, code, path, resource, origin } = issue;
  const place = origin === undefined ? '' : `${origin.file}:${origin.line}`;
  log.warn({ code, path, origin: place, issue: message }, 'an issue of the configuration');
  events.publish({
    type: 'config.issue',
    severity,
    message,
    ...(resource && { resource: { ...resource, origin: place } }),
    attributes: { code, path },
  });
}
