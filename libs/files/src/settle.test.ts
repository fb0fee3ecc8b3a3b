import { describe, expect, it } from 'vitest';
import type { FileContent } from './file-set.ts';
import { type Settled, settle } from './settle.ts';

const files = (texts: Record<string, string>): ReadonlyMap<string, FileContent> =>
  new Map(Object.entries(texts).map(([path, text]) => [path, { kind: 'text', text }]));
const settled = (texts: Record<string, string>, doubtful: string[] = []): Settled => {
  return { files: files(texts), doubtful: new Set(doubtful) };
};

describe('settle', () => {
  it.each([
    ['a change counts at once', settled({ a: '1' }), { a: '2', b: '1' }, settled({ a: '2', b: '1' })],
    [
      'a file that has gone counts as before',
      settled({ a: '1', b: '1' }),
      { b: '1' },
      settled({ a: '1', b: '1' }, ['a']),
    ],
    ['so does an emptied one', settled({ a: '1' }), { a: ' \n' }, settled({ a: '1' }, ['a'])],
    ['until the second look', settled({ a: '1', b: '1' }, ['a', 'b']), { b: '' }, settled({ b: '' })],
    ['a file that came back is not doubtful', settled({ a: '1' }, ['a']), { a: '2' }, settled({ a: '2' })],
    ['an empty file may go', settled({ a: '' }), {}, settled({})],
  ])('%s', (_what, before, found, expected) => {
    expect(settle(before, files(found))).toEqual(expected);
  });
});
