/**
 * Compares two versions of one type: negative when `a` is older, 0 when they are equal, positive when it is newer, and
 * undefined when that cannot be told. The API server's versions are growing decimal numbers, longer than a JavaScript
 * number can hold.
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!isDecimal(a) || !isDecimal(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** Whether `a` is known to be older than `b`. */
export function isOlder(a: string, b: string): boolean {
  return (compareVersions(a, b) ?? 0) < 0;
}

/** The newer of two versions; the first where that cannot be told. */
export function newer(a: string, b: string): string {
  return (compareVersions(a, b) ?? 1) > 0 ? a : b;
}

function isDecimal(text: string): boolean {
  return /^(0|[1-9]\d*)$/.test(text);
}
