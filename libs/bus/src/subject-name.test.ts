import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeKey, encodeKey, subjectFilter, subjectMatches, subjectName } from './subject-name.ts';

const EVENT = 'mesh.event.{service}.{type>}';

describe('a subject', () => {
  it.each([
    [EVENT, { service: 'galley', type: 'config.rejected' }, 'mesh.event.galley.config.rejected'],
    ['mesh.report.{kind}', { kind: 'http' }, 'mesh.report.http'],
  ])('of %s', (pattern, params, subject) => {
    expect(subjectName(pattern, params)).toBe(subject);
  });

  it.each([
    { service: 'a.b', type: 'x' },
    { service: '*', type: 'x' },
    { service: 'a', type: '>' },
    { service: 'a', type: 'x..y' },
  ])('is not made of %j', (params) => {
    expect(() => subjectName(EVENT, params)).toThrow(/cannot be part of the subject/);
  });
});

describe('a filter', () => {
  it.each([
    [{}, 'mesh.event.*.>'],
    [{ service: 'pilot' }, 'mesh.event.pilot.>'],
  ])('for %j', (params, filter) => {
    expect(subjectFilter(EVENT, params)).toBe(filter);
  });

  it.each([
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a.b', false],
    ['a.*', 'a.b.c', false],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a', false],
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
  ])('%s matches %s: %s', (filter, subject, expected) => {
    expect(subjectMatches(filter, subject)).toBe(expected);
  });
});

describe('a key', () => {
  it('holds any text in characters that NATS allows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const key = encodeKey(text);
        expect(key).toMatch(/^[-/_=a-zA-Z0-9]+$/);
        expect(decodeKey(key)).toBe(text);
      }),
    );
  });
});
