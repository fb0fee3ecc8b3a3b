import type { EventInput, EventPublisher } from '@quintet/bus';
import { type Issue, issueText, originText, type ResourceRef } from '@quintet/model';
import type { EntryChange } from './store/entry.ts';

/** More events than this at once say less than one that counts them. */
const MOST_AT_ONCE = 100;

/** Tells the mesh what became of objects. Rejections are always told one by one. */
export function publishChanges(publisher: EventPublisher, changes: readonly EntryChange[]): void {
  const rejected = changes.filter((change) => change.kind === 'rejected');
  const others = changes.filter((change) => change.kind !== 'rejected');
  for (const change of rejected) publisher.publish(changeEvent(change));
  if (others.length <= MOST_AT_ONCE) {
    for (const change of others) publisher.publish(changeEvent(change));
    return;
  }
  const applied = others.filter((change) => change.kind === 'applied').length;
  const removed = others.length - applied;
  const message = `${applied} objects applied, ${removed} removed`;
  const attributes = { applied: String(applied), removed: String(removed) };
  publisher.publish({ type: 'config.applied', severity: 'info', message, attributes });
}

/** Tells of issues that belong to no object of configuration: unreadable files and documents, what is left out of a Service. */
export function publishFileIssues(publisher: EventPublisher, issues: readonly Issue[]): void {
  for (const issue of issues) {
    publisher.publish({
      ...(issue.severity === 'error'
        ? { type: 'config.rejected', severity: 'error' }
        : { type: 'config.finding', severity: issue.severity }),
      message: withPlace(issueText(issue), issue),
      ...(issue.resource && { resource: { ...issue.resource } }),
      attributes: issueAttributes(issue),
    });
  }
}

function changeEvent({ kind, entry }: EntryChange): EventInput {
  const { resource, object, origin } = entry;
  const ref = { ...resource, version: object?.version ?? '', origin: originText(origin) };
  const name = nameOf(resource);
  if (kind === 'removed')
    return { type: 'config.removed', severity: 'info', message: `${name} removed`, resource: ref };
  if (kind === 'applied') {
    const warnings = entry.issues.length;
    const message = warnings === 0 ? `${name} applied` : `${name} applied with ${warnings} warnings`;
    const severity = warnings === 0 ? 'info' : 'warning';
    const attributes = entry.issues[0] === undefined ? {} : issueAttributes(entry.issues[0]);
    return { type: 'config.applied', severity, message, resource: ref, attributes };
  }
  const first = entry.issues.find((issue) => issue.severity === 'error') ?? entry.issues[0];
  const more = entry.issues.length > 1 ? ` (and ${entry.issues.length - 1} more)` : '';
  const kept = entry.state === 'held' ? '; the last good version stays' : '';
  const reason = first === undefined ? '' : `: ${withPlace(issueText(first), first)}`;
  return {
    type: 'config.rejected',
    severity: 'error',
    message: `${name} rejected${reason}${more}${kept}`,
    resource: ref,
    attributes: { ...(first && issueAttributes(first)), state: entry.state },
  };
}

function issueAttributes(issue: Issue): Record<string, string> {
  return {
    code: issue.code,
    path: issue.path,
    ...(issue.origin && { file: issue.origin.file, line: String(issue.origin.line) }),
  };
}

function withPlace(text: string, issue: Issue): string {
  const place = originText(issue.origin);
  return place === '' ? text : `${place}: ${text}`;
}

/** `VirtualService shop/reviews`. */
export function nameOf({ kind, namespace, name }: ResourceRef): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}
