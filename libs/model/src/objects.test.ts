import { create } from '@bufbuild/protobuf';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareByAge } from './age.ts';
import { makeConfigObject } from './config-object-make.ts';
import { KINDS } from './kinds/kinds.ts';
import { DESTINATION_RULE } from './kinds/networking.ts';
import { labelsMatch } from './labels.ts';

describe('labelsMatch', () => {
  it.each([
    [{}, { a: '1' }, true],
    [{ a: '1' }, { a: '1', b: '2' }, true],
    [{ a: '1' }, { a: '2' }, false],
    [{ a: '1', b: '2' }, { a: '1' }, false],
    [{ constructor: 'x' }, {}, false],
  ])('%j selects %j: %j', (selector, labels, expected) => {
    expect(labelsMatch(selector, labels)).toBe(expected);
  });
});

describe('compareByAge', () => {
  const key = fc.record({
    createTime: fc.nat(2),
    name: fc.constantFrom('a', 'b'),
    namespace: fc.constantFrom('x', 'y'),
  });

  it('gives one order, whatever the order of the objects', () => {
    fc.assert(
      fc.property(fc.array(key), (objects) => {
        const once = [...objects].sort(compareByAge);
        expect([...objects].reverse().sort(compareByAge)).toEqual(once);
      }),
    );
  });

  it('puts the oldest first, then the name', () => {
    const at = (createTime: number, name: string, namespace: string) => ({ createTime, name, namespace });
    const sorted = [at(2, 'a', 'a'), at(1, 'b', 'a'), at(1, 'a', 'b'), at(1, 'a', 'a')].sort(compareByAge);
    expect(sorted).toEqual([at(1, 'a', 'a'), at(1, 'a', 'b'), at(1, 'b', 'a'), at(2, 'a', 'a')]);
  });
});

describe('configuration objects', () => {
  it('are frozen with their spec', () => {
    const spec = create(DestinationRuleSchema, { host: 'a', subsets: [{ name: 'v1', labels: { a: 'b' } }] });
    const object = makeConfigObject({ kind: DESTINATION_RULE, namespace: 'a', name: 'b', spec });
    expect(Object.isFrozen(object) && Object.isFrozen(object.spec.subsets[0]?.labels)).toBe(true);
  });
});

describe('the table of kinds', () => {
  it('names kinds, plurals and collections once', () => {
    for (const field of ['kind', 'collection'] as const) {
      expect(new Set(KINDS.map((row) => row[field])).size).toBe(KINDS.length);
    }
    expect(new Set(KINDS.map((row) => `${row.plural}.${row.group}`)).size).toBe(KINDS.length);
  });
});
