import { KINDS, mayRestrict } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { POLICY_COLLECTIONS } from './collections.ts';

describe('what mixer asks for', () => {
  it('has every kind of mixer that may restrict access, so that none is ignored in silence', () => {
    const missing = KINDS.filter(
      ({ kind, group, collection }) =>
        mayRestrict(kind) && group === 'config.istio.io' && !POLICY_COLLECTIONS.includes(collection),
    );
    expect(missing.map(({ kind }) => kind)).toEqual([]);
    expect(POLICY_COLLECTIONS).toContain('istio/config/v1alpha2/legacy/deniers');
  });
});
