import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Version of the package that a program's file belongs to: of the nearest package.json above it, so that services
 * shipped on separate schedules each say their own. `unknown` when there is none.
 */
export function packageVersion(entry: string): string {
  for (let dir = dirname(entry); ; dir = dirname(dir)) {
    const version = versionIn(join(dir, 'package.json'));
    if (version !== undefined) return version;
    if (dir === dirname(dir)) return 'unknown';
  }
}

function versionIn(file: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const version =
      typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
