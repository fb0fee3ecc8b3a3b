import type { EventPublisher } from '@quintet/bus';
import { type Issue, issueText } from '@quintet/model';
import { type Clock, createRateLimit, type Log } from '@quintet/runtime';

/** What mixer tells the mesh. */
export type MixerEvents = {
  /** Tells of issues that were not there before. */
  issues(issues: readonly Issue[]): void;
  configApplied(version: { readonly rules: number; readonly handlers: number }): void;
  /** A request was refused by rules: a log line each time, an event only so often. */
  denied(request: { readonly source: string; readonly destination: string; readonly reason: string }): void;
  reporterRefused(edge: string, reason: string): void;
};

const DENIALS_PER_SECOND = 5;
const DENIALS_AT_ONCE = 20;

export type EventOptions = {
  readonly publisher: EventPublisher;
  readonly log: Log;
  readonly clock: Clock;
};

/** Events on the bus, each with the log line that is its record. */
export function createMixerEvents(options: EventOptions): MixerEvents {
  const { publisher, log, clock } = options;
  const limit = createRateLimit({ clock, perSecond: DENIALS_PER_SECOND, burst: DENIALS_AT_ONCE });
  let known = new Set<string>();
  return {
    issues: (issues) => {
      const texts = new Map(issues.map((issue) => [JSON.stringify(issue), issue]));
      for (const [text, issue] of texts) if (!known.has(text)) tellIssue(issue, options);
      known = new Set(texts.keys());
    },
    configApplied: ({ rules, handlers }) => {
      log.info({ rules, handlers }, 'configuration applied');
      const message = `mixer works with ${rules} rules and ${handlers} handlers`;
      publisher.publish({ type: 'config.applied', severity: 'info', message });
    },
    denied: ({ source, destination, reason }) => {
      log.info({ source, destination, reason }, 'request refused');
      if (!limit.take()) return;
      const message = `${source} to ${destination}: ${reason}`;
      publisher.publish({
        type: 'request.denied',
        severity: 'info',
        message,
        attributes: { source, destination },
      });
    },
    reporterRefused: (edge, reason) => {
      if (!limit.take()) return;
      log.warn({ edge, reason }, 'caller refused');
      publisher.publish({
        type: 'reporter.refused',
        severity: 'warning',
        message: reason,
        attributes: { edge },
      });
    },
  };
}

function tellIssue(issue: Issue, { publisher, log }: Pick<EventOptions, 'publisher' | 'log'>): void {
  const { resource, origin, severity, path, code } = issue;
  const fields = { code, path, ...(resource ?? {}), ...(origin === undefined ? {} : { origin }) };
  if (severity === 'error') log.error(fields, issueText(issue));
  else log.warn(fields, issueText(issue));
  const place = origin === undefined ? '' : `${origin.file}:${origin.line}`;
  publisher.publish({
    type: severity === 'error' ? 'config.rejected' : 'config.warning',
    severity,
    message: `${resource === undefined ? '' : `${resource.kind} ${resource.namespace}/${resource.name}: `}${issueText(issue)}`,
    ...(resource === undefined ? {} : { resource: { ...resource, origin: place } }),
    attributes: { code, path },
  });
}
