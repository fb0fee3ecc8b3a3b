import type { EventPublisher } from '@quintet/bus';
import { formatIssue, issueText } from '@quintet/model';
import type { Log } from '@quintet/runtime';
import type { Refusal } from '../store/refusal.ts';

/** Tells log and bus of a version that pilot does not take. */
export function tellRefusal(refusal: Refusal, { events, log }: { events: EventPublisher; log: Log }): void {
  const { object, issues, kept } = refusal;
  const { kind, namespace, name, version, origin } = object;
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const now = kept === undefined ? 'it has no effect' : 'the last version that was accepted stays';
  const paths = issues.map(({ path }) => path).join(', ');
  const place = origin === undefined ? '' : `${origin.file}:${origin.line}`;
  const where = place === '' ? '' : `${place}: `;
  const reason = first === undefined ? '' : `: ${where}${issueText(first)}${more}`;
  log.warn(
    { kind, namespace, name, version, inUse: kept?.version ?? '', issues: issues.map(formatIssue) },
    'configuration rejected',
  );
  events.publish({
    type: 'config.rejected',
    severity: 'error',
    message: `${kind} ${namespace === '' ? name : `${namespace}/${name}`} refused${reason}; ${now}`,
    resource: { kind, namespace, name, version, origin: place },
    attributes: { code: first?.code ?? '', path: paths, inUse: kept?.version ?? '' },
  });
}
