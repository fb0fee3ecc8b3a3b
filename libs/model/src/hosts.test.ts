import { describe, expect, it } from 'vitest';
import {
  compareHostSpecificity,
  gatewayRef,
  hostsOverlap,
  intersectHosts,
  matchHost,
  mostSpecificHost,
  parseServiceHost,
  resolveHost,
} from './hosts.ts';

describe('resolveHost', () => {
  it.each([
    ['reviews', 'reviews.shop.svc.cluster.local'],
    ['Reviews', 'reviews.shop.svc.cluster.local'],
    ['reviews.other', 'reviews.other'],
    ['*', '*'],
    ['*.example.com', '*.example.com'],
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
    ['', ''],
  ])('resolves %j to %j', (host, expected) => {
    expect(resolveHost(host, 'shop')).toBe(expected);
  });

  it('uses the domain it is given', () => {
    expect(resolveHost('a', 'b', 'mesh.test')).toBe('a.b.svc.mesh.test');
  });
});

describe('matchHost', () => {
  it.each([
    ['a.com', 'a.com', true],
    ['a.com', 'b.com', false],
    ['*', 'a.com', true],
    ['*', '*', true],
    ['*.a.com', 'x.a.com', true],
    ['*.a.com', 'y.x.a.com', true],
    ['*.a.com', 'a.com', false],
    ['*.a.com', 'xa.com', false],
    ['*.a.com', '*.x.a.com', true],
    ['*.a.com', '*.a.com', true],
    ['*.x.a.com', '*.a.com', false],
    ['*.a.com', '*', false],
    ['a.com', '*', false],
  ])('%j covers %j: %j', (pattern, host, expected) => {
    expect(matchHost(pattern, host)).toBe(expected);
  });

  it('overlaps in either direction', () => {
    expect(hostsOverlap('x.a.com', '*.a.com')).toBe(true);
    expect(hostsOverlap('x.b.com', '*.a.com')).toBe(false);
  });

  it('intersects to the more specific', () => {
    expect(intersectHosts('*', 'x.a.com')).toBe('x.a.com');
    expect(intersectHosts('*.x.a.com', '*.a.com')).toBe('*.x.a.com');
    expect(intersectHosts('a.com', 'b.com')).toBeUndefined();
  });
});

describe('specificity', () => {
  it('puts exact names first, then the longest wildcards', () => {
    const hosts = ['*', '*.com', 'z.com', '*.a.com', 'long.a.com', 'a.com'];
    expect(hosts.sort(compareHostSpecificity)).toEqual([
      'long.a.com',
      'a.com',
      'z.com',
      '*.a.com',
      '*.com',
      '*',
    ]);
  });

  it('picks the most specific pattern', () => {
    expect(mostSpecificHost('x.a.com', ['*', '*.com', '*.a.com'])).toBe('*.a.com');
    expect(mostSpecificHost('x.a.com', ['b.com'])).toBeUndefined();
  });
});

describe('parseServiceHost', () => {
  it('reads name and namespace', () => {
    expect(parseServiceHost('a.b.svc.cluster.local')).toEqual({ name: 'a', namespace: 'b' });
  });

  it.each(['a.b', 'a.b.svc', 'example.com', '*.b.svc.cluster.local'])('is undefined for %j', (host) => {
    expect(parseServiceHost(host)).toBeUndefined();
  });
});

describe('gatewayRef', () => {
  it.each([
    ['mesh', 'mesh'],
    ['gw', 'shop/gw'],
    ['./gw', 'shop/gw'],
    ['edge/gw', 'edge/gw'],
    ['gw.edge', 'edge/gw'],
    ['gw.edge.svc.cluster.local', 'edge/gw'],
  ])('resolves %j to %j', (reference, expected) => {
    expect(gatewayRef(reference, 'shop')).toBe(expected);
  });
});
