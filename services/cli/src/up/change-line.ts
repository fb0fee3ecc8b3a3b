import { basename } from 'node:path';
import { acknowledgedAfter, type Change, eventFile } from './change-tracker.ts';

/** What a person is told of a change whose file was written at `savedAt`, milliseconds since 1970. */
export function changeLine(change: Change, savedAt: number): string {
  const [first] = change.objects;
  const more = change.objects.length > 1 ? ` and ${change.objects.length - 1} more` : '';
  const file = first === undefined ? '' : basename(eventFile(first));
  const what = `${first?.message ?? ''}${more}${file === '' ? '' : ` (${file})`}`;
  const [refusal] = change.refused;
  if (refusal !== undefined) return `✗ ${what}: ${refusal.message}`;
  const afterMs = acknowledgedAfter(change, savedAt);
  if (afterMs === undefined) return `✓ ${what}: no proxy had to change`;
  const proxies = change.acknowledged.size === 1 ? '1 proxy' : `${change.acknowledged.size} proxies`;
  return `✓ ${what}: acknowledged by ${proxies} ${(Math.max(0, afterMs) / 1000).toFixed(2)} s after the save`;
}
