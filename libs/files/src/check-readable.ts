import { access, constants } from 'node:fs/promises';
import { errorText, MeshError } from '@quintet/runtime';

/**
 * Fails with `failed_precondition` for the first of these paths that cannot be read: for a start, where a wrong path is
 * a mistake that somebody should see at once, not something to wait for.
 */
export async function checkReadable(flag: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await access(path, constants.R_OK);
    } catch (cause) {
      throw new MeshError('failed_precondition', `${flag}: cannot read ${path}: ${reasonOf(cause)}`, {
        cause,
      });
    }
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file or directory';
  return code === 'EACCES' ? 'permission denied' : errorText(error);
}
