import { describe, expect, it } from 'vitest';
import { hostDomains } from './domains.ts';

const REVIEWS = 'reviews.default.svc.cluster.local';

function names(host: string, domain: string, addresses: readonly string[] = []): readonly string[] {
  const all = hostDomains(host, 9080, { domain, addresses });
  expect(all.filter((name) => name.endsWith(':9080'))).toEqual(
    all.filter((name) => !name.endsWith(':9080')).map((name) => `${name}:9080`),
  );
  return all.filter((name) => !name.endsWith(':9080'));
}

describe('the domains of a host', () => {
  it.each([
    [
      'from its own namespace',
      REVIEWS,
      'default.svc.cluster.local',
      [REVIEWS, 'reviews.default.svc.cluster', 'reviews.default.svc', 'reviews.default', 'reviews'],
    ],
    [
      'from another namespace',
      REVIEWS,
      'shop.svc.cluster.local',
      [REVIEWS, 'reviews.default.svc.cluster', 'reviews.default.svc', 'reviews.default'],
    ],
    ['outside the domain', 'api.example.com', 'default.svc.cluster.local', ['api.example.com']],
    ['of a wildcard', '*.cluster.local', 'default.svc.cluster.local', ['*.cluster.local']],
    ['of a client without a domain', REVIEWS, '', [REVIEWS]],
  ])('%s', (_, host, domain, expected) => expect(names(host, domain)).toEqual(expected));

  it('holds its addresses, but no ranges and no 0.0.0.0', () => {
    expect(names('a.com', '', ['10.96.0.1', '10.0.0.0/8', '0.0.0.0', 'fd00::1'])).toEqual([
      'a.com',
      '10.96.0.1',
      '[fd00::1]',
    ]);
  });
});
