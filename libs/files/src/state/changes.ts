import { equals } from '@bufbuild/protobuf';
import { type ConfigObject, kindByName } from '@quintet/model';
import type { ConfigState, Entry } from './config-state.ts';

/** What is worth telling about a change of state. */
export type StateChange =
  | { readonly kind: 'applied'; readonly entry: Entry }
  | { readonly kind: 'rejected'; readonly entry: Entry }
  | { readonly kind: 'removed'; readonly entry: Entry };

/**
 * What became of the objects between two states: applied (new, changed, or good again), rejected (new errors), or
 * removed. An object whose errors are the same as before is not told of again.
 */
export function stateChanges(before: ConfigState, after: ConfigState): readonly StateChange[] {
  const changes: StateChange[] = [];
  for (const [key, entry] of after.entries) {
    const earlier = before.entries.get(key);
    if (entry.state !== 'applied') {
      if (earlier === undefined || issueText(earlier) !== issueText(entry))
        changes.push({ kind: 'rejected', entry });
    } else if (earlier?.state !== 'applied' || !sameContent(earlier, entry)) {
      changes.push({ kind: 'applied', entry });
    }
  }
  for (const [key, entry] of before.entries) {
    if (!after.entries.has(key)) changes.push({ kind: 'removed', entry });
  }
  return changes;
}

/** Versions differ also when an object only moved in its file; that is nothing to tell of. */
function sameContent({ object: a }: Entry, { object: b }: Entry): boolean {
  if (a === undefined || b === undefined) return a === b;
  const row = kindByName(a.kind);
  const header = ({ createTime, labels, annotations }: ConfigObject) =>
    JSON.stringify([createTime, labels, annotations]);
  return (
    a.version === b.version ||
    (row !== undefined && header(a) === header(b) && equals(row.schema, a.spec, b.spec))
  );
}

function issueText(entry: Entry): string {
  return JSON.stringify([
    entry.state === 'applied',
    entry.issues.map(({ code, path, message }) => [code, path, message]),
  ]);
}
