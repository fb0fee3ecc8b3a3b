import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

export type LockHolder = { readonly pid: number; isAlive(pid: number): boolean };

const RETRY_MS = 100;

/**
 * Runs `work` while no other process holds the lock file at `path`. A lock whose holder is gone is taken over.
 * A file system has no event for a lock that becomes free, hence the polling.
 */
export async function withFileLock<T>(path: string, holder: LockHolder, work: () => Promise<T>): Promise<T> {
  while (!(await tryLock(path, holder))) await wait(RETRY_MS);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string, holder: LockHolder): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(String(holder.pid));
    await file.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== holder.pid && !holder.isAlive(owner)) await rm(path, { force: true });
  return false;
}
