import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions } from './resource-version.ts';
import { createVersionMap } from './version-map.ts';

describe('versions', () => {
  it.each([
    ['9', '10', -1],
    ['10', '9', 1],
    ['7', '7', 0],
    ['18446744073709551616', '18446744073709551617', -1],
    ['a', '7', undefined],
    ['', '7', undefined],
    ['x', 'x', 0],
  ])('%s against %s', (a, b, expected) => {
    const found = compareVersions(a, b);
    expect(found === undefined ? undefined : Math.sign(found)).toBe(expected);
  });
});

type Change = { readonly key: string; readonly deleted: boolean; readonly version: string };

/** A history: each change has the next version; nothing is deleted that is not there. */
const histories = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 20 })
  .map((steps) => {
    const there = new Set<string>();
    return steps.map(([key, wanted], index): Change => {
      const deleted = wanted && there.has(key);
      if (deleted) there.delete(key);
      else there.add(key);
      return { key, deleted, version: `${index + 5}` };
    });
  });

const stateOf = (changes: readonly Change[]) => {
  const state = new Map<string, string>();
  for (const { key, deleted, version } of changes) {
    if (deleted) state.delete(key);
    else state.set(key, version);
  }
  return state;
};

const apply = (changes: readonly Change[]) => {
  const map = createVersionMap();
  const told = new Map<string, string>();
  for (const { key, deleted, version } of changes) {
    if (deleted ? !map.remove(key, version) : !map.put(key, version)) continue;
    if (deleted) told.delete(key);
    else told.set(key, version);
  }
  return { map, told };
};

describe('a map of versions', () => {
  it('comes to the same in any order of the events, however often each comes', () => {
    const shuffled = histories.chain((history) =>
      fc
        .shuffledSubarray([...history, ...history], { minLength: history.length * 2 })
        .map((order) => ({ history, order })),
    );
    fc.assert(
      fc.property(shuffled, ({ history, order }) => {
        const { map, told } = apply(order);
        expect(told).toEqual(stateOf(history));
        expect(new Map([...map.keys()].map((key) => [key, map.version(key)]))).toEqual(told);
        expect(map.revision()).toBe(history.at(-1)?.version ?? '');
      }),
    );
  });

  it('forgets deletions when nothing older can come', () => {
    const map = createVersionMap();
    map.put('a', '1');
    map.remove('a', '3');
    expect(map.put('a', '2')).toBe(false);
    map.reached('3');
    expect(map.put('a', '4')).toBe(true);
  });

  it('goes back in time with a list after the API server did', () => {
    const map = createVersionMap();
    map.put('a', '50');
    map.put('b', '51');
    expect(map.replace(new Map([['a', '7']]), '9')).toEqual(['b']);
    expect(map.revision()).toBe('9');
    expect(map.put('a', '10')).toBe(true);
  });

  it('is told again of what it doubts', () => {
    const map = createVersionMap();
    map.put('a', '5');
    map.doubt('a');
    expect(map.version('a')).toBe('');
    expect(map.put('a', '5')).toBe(true);
  });
});
