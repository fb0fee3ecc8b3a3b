import { describe, expect, it } from 'vitest';
import { parseSpiffeId, spiffeId } from './identity.ts';

describe('SPIFFE ids', () => {
  it('reads what it writes', () => {
    const identity = { trustDomain: 'cluster.local', namespace: 'shop', serviceAccount: 'bookinfo-reviews' };
    expect(spiffeId(identity)).toBe('spiffe://cluster.local/ns/shop/sa/bookinfo-reviews');
    expect(parseSpiffeId(spiffeId(identity))).toEqual(identity);
  });

  it.each([
    '',
    'cluster.local/ns/a/sa/b',
    'https://cluster.local/ns/a/sa/b',
    'spiffe://cluster.local',
    'spiffe://cluster.local/ns/a/sa/',
    'spiffe://cluster.local/ns//sa/b',
    'spiffe://cluster.local/ns/a/sa/b/c',
    'spiffe://cluster.local/ns/a/sa/b?x',
    'spiffe://cluster.local/ns/../sa/b',
    'spiffe://cluster.local:80/ns/a/sa/b',
    'spiffe://me@cluster.local/ns/a/sa/b',
    'spiffe://cluster.local/ns/a/sa/b\n',
    `spiffe://cluster.local/ns/a/sa/${'b'.repeat(2048)}`,
  ])('refuses %j', (id) => {
    expect(parseSpiffeId(id)).toBeUndefined();
  });
});
