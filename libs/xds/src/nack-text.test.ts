import { describe, expect, it } from 'vitest';
import { blamedNames } from './nack-text.ts';

const TABLE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['Error adding/updating cluster(s) badA: no such, badB: bad', ['badA', 'good', 'badB'], ['badA', 'badB']],
  [
    'Error adding/updating cluster(s) outbound|80|v1|a.b.c: x',
    ['outbound|80||a.b.c', 'outbound|80|v1|a.b.c'],
    ['outbound|80|v1|a.b.c'],
  ],
  [
    "Error adding/updating listener(s) lb: cannot bind '1.2.3.4:80': Address already in use\n",
    ['lb'],
    ['lb'],
  ],
  [
    "error adding listener: 'l3' has duplicate address '0.0.0.0:80' as existing listener",
    ['l3', 'l'],
    ['l3'],
  ],
  [
    'Only unique values for domains are permitted. Duplicate entry of domain a in route r1',
    ['r', 'r1'],
    ['r1'],
  ],
  ['duplicate name one found among added/updated resources', ['one', 'two'], ['one']],
  ['Proto constraint validation failed (ClusterValidationError.OutlierDetection: bad): name: "a"', ['a'], []],
  ['missing ): ((', ['80'], []],
];

describe('blamedNames', () => {
  it.each(TABLE)('%s', (text, sent, blamed) => {
    expect(blamedNames(text, sent)).toEqual(blamed);
  });
});
