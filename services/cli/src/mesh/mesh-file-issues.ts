import type { Issue } from '@quintet/model';
import type { ReadMesh } from './read-mesh-file.ts';

/** What is wrong with a `mesh.yaml`, as issues of the file; none when it could be read. */
export function meshFileIssues(read: ReadMesh, file: string): readonly Issue[] {
  if (read.ok) return [];
  return read.problems.map((message) => {
    return { code: 'QTT1001', severity: 'error', path: '', message, origin: { file, line: 1 } };
  });
}
