const MORE = '+more';

/** The version of a response that is a part of a snapshot: others follow before the sink has all of it. */
export function partVersion(version: string): string {
  return `${version}${MORE}`;
}

/** Whether more responses of the same snapshot follow. Sources that never split say nothing of the kind. */
export function isPartVersion(version: string): boolean {
  return version.endsWith(MORE);
}
