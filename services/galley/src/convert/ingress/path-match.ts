import type { IngressPath } from '@quintet/model';

/** A condition on the path of a request. */
export type PathMatch = { readonly case: 'exact' | 'prefix'; readonly value: string };

/**
 * What a path of an Ingress matches: any of the conditions, everything when there are none. `Prefix` goes by whole
 * segments: `/a` is `/a` itself and what begins with `/a/`. Without a type, `/a.*` and `/a/*` are prefixes and all else
 * is exact, as in the classic mesh.
 */
export function pathMatches({ path, pathType }: IngressPath): readonly PathMatch[] {
  if (path === '') return [];
  if (pathType === 'Exact') return [{ case: 'exact', value: path }];
  if (pathType === 'Prefix') {
    const segments = path.replace(/\/+$/, '');
    if (segments === '') return [{ case: 'prefix', value: '/' }];
    return [
      { case: 'exact', value: segments },
      { case: 'prefix', value: `${segments}/` },
    ];
  }
  if (path.endsWith('.*')) return [{ case: 'prefix', value: path.slice(0, -2) }];
  if (path.endsWith('/*')) return [{ case: 'prefix', value: path.slice(0, -1) }];
  return [{ case: 'exact', value: path }];
}

/**
 * Orders paths so that the first that matches is the one meant: exact ones, then the longest, then those for
 * everything. Equal ones stay in their order.
 */
export function comparePaths(a: readonly PathMatch[], b: readonly PathMatch[]): number {
  const exact = Number(isExact(b)) - Number(isExact(a));
  return exact === 0 ? lengthOf(b) - lengthOf(a) : exact;
}

function isExact(matches: readonly PathMatch[]): boolean {
  return matches.length > 0 && matches.every((match) => match.case === 'exact');
}

function lengthOf(matches: readonly PathMatch[]): number {
  return Math.max(-1, ...matches.map(({ value }) => value.length));
}
