import { ISSUE_CODES, type Issue, type ParsedObject, resourceKey } from '@quintet/model';
import type { CheckedFile, ConfigState, Entry } from './config-state.ts';

/**
 * The state after the files were read anew. A bad object is held back alone: its last good version stays. An object
 * that is in no file any more goes, unless its file could not be read or has a document that nobody can name: then
 * nobody knows whether it was deleted, and its last good version stays. Of two objects with one name the first in
 * the order of the files counts.
 */
export function nextState(before: ConfigState, files: readonly CheckedFile[]): ConfigState {
  const entries = new Map<string, Entry>();
  const issues: Issue[] = [];
  const unclear = new Map<string, Issue>();
  for (const file of files) {
    if (file.kind === 'unreadable') {
      const issue = unreadableFile(file.path, file.reason);
      issues.push(issue);
      unclear.set(file.path, issue);
      continue;
    }
    for (const parsed of file.content.parsed) {
      const left = place(parsed, before, entries);
      issues.push(...left);
      if (parsed.resource === undefined && left[0] !== undefined) unclear.set(file.path, left[0]);
    }
  }
  for (const [key, entry] of before.entries) {
    const cause = unclear.get(entry.origin.file) ?? unclearAbove(unclear, entry.origin.file);
    if (entries.has(key) || cause === undefined || entry.object === undefined) continue;
    const issue = { ...cause, resource: entry.resource };
    entries.set(key, { ...entry, state: 'held', issues: [issue] });
  }
  return { entries, issues };
}

/** Puts an object into the entries; returns the issues that belong to none. */
function place(parsed: ParsedObject, before: ConfigState, entries: Map<string, Entry>): readonly Issue[] {
  const { resource, origin, object, issues } = parsed;
  if (resource === undefined) return issues;
  const key = resourceKey(resource);
  const earlier = entries.get(key);
  const duplicate = issues.some((issue) => issue.code === 'QTT1004');
  if (duplicate) return issues;
  if (earlier !== undefined) {
    const where = `${earlier.origin.file}:${earlier.origin.line}`;
    const message = `${resource.kind} ${resource.namespace}/${resource.name} stands already in ${where}`;
    return [{ code: 'QTT1004', severity: 'error', resource, path: '', message, origin }];
  }
  if (object !== undefined) {
    entries.set(key, { resource, state: 'applied', object, origin, issues });
    return [];
  }
  const good = before.entries.get(key)?.object;
  const state = good === undefined ? 'rejected' : 'held';
  entries.set(key, { resource, state, ...(good && { object: good }), origin, issues });
  return [];
}

function unreadableFile(path: string, reason: string): Issue {
  const { severity } = ISSUE_CODES.QTT1006;
  return {
    code: 'QTT1006',
    severity,
    path: '',
    message: `${path}: ${reason}`,
    origin: { file: path, line: 1 },
  };
}

/** An unreadable directory stands for all files below it. */
function unclearAbove(unclear: ReadonlyMap<string, Issue>, file: string): Issue | undefined {
  for (const [path, issue] of unclear) if (file.startsWith(`${path}/`)) return issue;
  return undefined;
}
