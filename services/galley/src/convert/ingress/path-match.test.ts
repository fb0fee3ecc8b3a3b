import { describe, expect, it } from 'vitest';
import { comparePaths, pathMatches } from './path-match.ts';

const matches = (path: string, pathType = 'ImplementationSpecific') =>
  pathMatches({ path, pathType, backend: { serviceName: '', servicePort: 0 } }).map(
    (each) => `${each.case} ${each.value}`,
  );

describe('pathMatches', () => {
  it.each([
    ['', 'ImplementationSpecific', []],
    ['/a.*', 'ImplementationSpecific', ['prefix /a']],
    ['/a/*', 'ImplementationSpecific', ['prefix /a/']],
    ['/*', 'ImplementationSpecific', ['prefix /']],
    ['/a', 'ImplementationSpecific', ['exact /a']],
    ['/a', 'Exact', ['exact /a']],
    ['/a/*', 'Exact', ['exact /a/*']],
    ['/a', 'Prefix', ['exact /a', 'prefix /a/']],
    ['/a/', 'Prefix', ['exact /a', 'prefix /a/']],
    ['/', 'Prefix', ['prefix /']],
    ['', 'Prefix', []],
  ])('%j of type %s is %j', (path, pathType, expected) => {
    expect(matches(path, pathType)).toEqual(expected);
  });
});

describe('comparePaths', () => {
  it('tries exact paths first, then the longest, then the rest', () => {
    const paths = ['/*', '', '/a.*', '/long', '/a/b/*', '/b'];
    const sorted = paths
      .map((path) => ({
        path,
        found: pathMatches({ path, pathType: '', backend: { serviceName: '', servicePort: 0 } }),
      }))
      .toSorted((a, b) => comparePaths(a.found, b.found));
    expect(sorted.map(({ path }) => path)).toEqual(['/long', '/b', '/a/b/*', '/a.*', '/*', '']);
  });
});
