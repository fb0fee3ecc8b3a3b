import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch } from './apply.ts';
import { diffJson } from './diff.ts';
import { equalJson } from './equal-json.ts';
import { jsonPointer, parseJsonPointer } from './json-patch.ts';

describe('diffJson', () => {
  it.each([
    ['nothing', { a: 1 }, { a: 1 }, []],
    ['another order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['a new key', { a: 1 }, { a: 1, b: null }, [{ op: 'add', path: '/b', value: null }]],
    ['a key less', { a: 1, b: 2 }, { a: 1 }, [{ op: 'remove', path: '/b' }]],
    ['keys to be escaped', {}, { 'a/b~c': 1 }, [{ op: 'add', path: '/a~1b~0c', value: 1 }]],
    ['another type', { a: [] }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
    [
      'an element before the others',
      [{ name: 'app', x: 1 }],
      [{ name: 'proxy' }, { name: 'app', x: 1 }],
      [{ op: 'add', path: '/0', value: { name: 'proxy' } }],
    ],
    [
      'a change in a named element that moved',
      [{ name: 'app', x: 1 }],
      [{ name: 'proxy' }, { name: 'app', x: 2 }],
      [
        { op: 'add', path: '/0', value: { name: 'proxy' } },
        { op: 'replace', path: '/1/x', value: 2 },
      ],
    ],
    [
      'elements less',
      [1, 2, 3, 4],
      [2, 4],
      [
        { op: 'remove', path: '/2' },
        { op: 'remove', path: '/0' },
      ],
    ],
    ['the whole', 1, 2, [{ op: 'replace', path: '', value: 2 }]],
  ])('%s', (_, from, to, expected) => {
    expect(diffJson(from, to)).toEqual(expected);
  });

  const named = fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: fc.jsonValue({ maxDepth: 1 }) });
  const documents = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.array(named),
    fc.record({ spec: fc.record({ containers: fc.array(named), rest: fc.jsonValue() }) }),
  );

  it('applied to the one gives the other', () => {
    fc.assert(
      fc.property(documents, documents, (from, to) => {
        const a = JSON.parse(JSON.stringify(from));
        const b = JSON.parse(JSON.stringify(to));
        expect(equalJson(applyPatch(a, diffJson(a, b)), b)).toBe(true);
      }),
    );
  });

  it('says nothing about what is equal', () => {
    fc.assert(
      fc.property(documents, (one) => {
        const text = JSON.stringify(one);
        expect(diffJson(JSON.parse(text), JSON.parse(text))).toEqual([]);
      }),
    );
  });
});

describe('applyPatch', () => {
  it('appends with a dash and leaves its argument alone', () => {
    const before = { list: [1] };
    expect(applyPatch(before, [{ op: 'add', path: '/list/-', value: 2 }])).toEqual({ list: [1, 2] });
    expect(before).toEqual({ list: [1] });
  });

  it.each([
    [{ op: 'remove', path: '/absent' } as const],
    [{ op: 'replace', path: '/list/1', value: 0 } as const],
    [{ op: 'add', path: '/list/2', value: 0 } as const],
    [{ op: 'add', path: '/list/01', value: 0 } as const],
    [{ op: 'add', path: '/constructor/x', value: 0 } as const],
    [{ op: 'add', path: 'list', value: 0 } as const],
    [{ op: 'remove', path: '' } as const],
  ])('refuses %j', (operation) => {
    expect(() => applyPatch({ list: [1] }, [operation])).toThrow(TypeError);
  });

  it('gives no object another prototype', () => {
    const patched = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
    expect(Object.keys(Object(patched))).toEqual(['__proto__']);
  });
});

describe('JSON pointers', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (path) => {
        expect(parseJsonPointer(jsonPointer(path))).toEqual(path);
      }),
    );
  });
});
