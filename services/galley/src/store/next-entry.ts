import type { ConfigObject, Issue } from '@quintet/model';
import type { Entry, EntryChange } from './entry.ts';
import type { ConfigItem } from './source.ts';

/** The entry of an object as its source has it now; while it is wrong, its last good version stays. */
export function nextEntry(
  { source, item }: { readonly source: string; readonly item: ConfigItem },
  lastGood: ConfigObject | undefined,
): Entry {
  const { resource, origin, issues } = item;
  const common = { resource, source, origin, issues };
  if (item.object !== undefined) return { ...common, state: 'applied', object: item.object };
  return lastGood === undefined
    ? { ...common, state: 'rejected' }
    : { ...common, state: 'held', object: lastGood };
}

/** Whether the same is handed out. */
export function sameContent(before: Entry | undefined, after: Entry | undefined): boolean {
  const [a, b] = [before?.object, after?.object];
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.version === b.version && before?.source === after?.source;
}

/** What is worth telling of a change of one entry, if anything. */
export function toldChange(before: Entry | undefined, after: Entry | undefined): EntryChange | undefined {
  if (after === undefined) return before && { kind: 'removed', entry: before };
  if (after.state !== 'applied') {
    const known = before !== undefined && issueText(before) === issueText(after);
    return known ? undefined : { kind: 'rejected', entry: after };
  }
  const known = before?.state === 'applied' && sameContent(before, after);
  return known ? undefined : { kind: 'applied', entry: after };
}

/** The issue of an object that does not count because an earlier source has it. */
export function duplicateIssue({ resource, origin }: ConfigItem, winner: Entry): Issue {
  const { file, line } = winner.origin;
  const where = file === '' ? `the source ${winner.source}` : `${file}:${line}`;
  const message = `${resource.kind} ${resource.namespace}/${resource.name} stands already in ${where}`;
  return { code: 'QTT1004', severity: 'error', resource, path: '', message, origin };
}

/** The issues of `after` that are not in `before`. */
export function issueDifference(before: readonly Issue[], after: readonly Issue[]): Issue[] {
  const known = new Set(before.map((issue) => JSON.stringify(issue)));
  return after.filter((issue) => !known.has(JSON.stringify(issue)));
}

function issueText(entry: Entry): string {
  return JSON.stringify([
    entry.state === 'applied',
    entry.issues.map(({ code, path, message }) => [code, path, message]),
  ]);
}
