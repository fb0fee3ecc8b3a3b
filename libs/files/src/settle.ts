import type { FileContent } from './file-set.ts';

/** What counts of a look at the files. */
export type Settled = {
  readonly files: ReadonlyMap<string, FileContent>;
  /** Files that seem to have gone, or to be empty now, and count as before until a second look says the same. */
  readonly doubtful: ReadonlySet<string>;
};

/**
 * Editors and tools save by emptying or replacing a file: for a moment it is empty or not there. A file that held
 * something therefore counts as before at the first look that finds it gone or empty, and only the second one is
 * believed. `before` is what counted last.
 */
export function settle(before: Settled, found: ReadonlyMap<string, FileContent>): Settled {
  const files = new Map(found);
  const doubtful = new Set<string>();
  for (const [path, content] of before.files) {
    if (content.kind !== 'text' || isEmpty(content) || before.doubtful.has(path)) continue;
    const now = found.get(path);
    if (now !== undefined && !isEmpty(now)) continue;
    files.set(path, content);
    doubtful.add(path);
  }
  return { files, doubtful };
}

function isEmpty(content: FileContent): boolean {
  return content.kind === 'text' && content.text.trim() === '';
}
