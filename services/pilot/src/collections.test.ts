import { KINDS, mayRestrict } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { COLLECTIONS, OPTIONAL_COLLECTIONS } from './collections.ts';

describe('what pilot asks for', () => {
  it('has every kind that may restrict access and is not mixer’s, so that none is ignored in silence', () => {
    const missing = KINDS.filter(
      ({ kind, group, collection }) =>
        mayRestrict(kind) && group !== 'config.istio.io' && !COLLECTIONS.includes(collection),
    );
    expect(missing.map(({ kind }) => kind)).toEqual([]);
  });

  it('is missed in a galley only where a classic one has it', () => {
    expect(OPTIONAL_COLLECTIONS.filter((collection) => !COLLECTIONS.includes(collection))).toEqual([]);
  });
});
