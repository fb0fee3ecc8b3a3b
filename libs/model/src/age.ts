import type { ConfigObject } from './config-object.ts';

/**
 * Orders objects so that conflicts are won by the first: the oldest, then the smaller `name.namespace`. Objects
 * from files have no creation time (0) unless the file gives one, so among them the name decides, whatever file
 * they stand in.
 */
export function compareByAge(
  a: Pick<ConfigObject, 'createTime' | 'name' | 'namespace'>,
  b: Pick<ConfigObject, 'createTime' | 'name' | 'namespace'>,
): number {
  if (a.createTime !== b.createTime) return a.createTime - b.createTime;
  const left = `${a.name}.${a.namespace}`;
  const right = `${b.name}.${b.namespace}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
