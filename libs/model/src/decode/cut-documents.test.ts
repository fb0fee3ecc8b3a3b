import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutDocuments } from './cut-documents.ts';

describe('cutDocuments', () => {
  it.each([
    ['a: 1\nb: 2\n', [{ text: 'a: 1\nb: 2\n', firstLine: 1 }]],
    ['a: 1\r\nb: 2\r\n', [{ text: 'a: 1\nb: 2\n', firstLine: 1 }]],
    [
      '---\na: 1\n---\nb: 2',
      [
        { text: '\na: 1', firstLine: 1 },
        { text: '\nb: 2', firstLine: 3 },
      ],
    ],
    ['---\n# nothing\n---\n\n--- # still\nb: 2', [{ text: '--- # still\nb: 2', firstLine: 5 }]],
    ['a: 1\n---b: 2', [{ text: 'a: 1\n---b: 2', firstLine: 1 }]],
    ['# nothing\n\n  # at all\n%YAML 1.2\n', []],
    ['', []],
    [
      '{"a": 1}\n\n{\n  "b": [\n{}\n,{}]\n}\n---\n{"c": "}"}\n{"d": 1}',
      [
        { text: '{"a": 1}', firstLine: 1 },
        { text: '{\n  "b": [\n{}\n,{}]\n}', firstLine: 3 },
        { text: '\n{"c": "}"}', firstLine: 8 },
        { text: '{"d": 1}', firstLine: 10 },
      ],
    ],
    ['a: {b: 1}\n{c: 1}', [{ text: 'a: {b: 1}\n{c: 1}', firstLine: 1 }]],
    ['{"a": 1}\n', [{ text: '{"a": 1}\n', firstLine: 1 }]],
    ["{a: '}{', b: 1}", [{ text: "{a: '}{', b: 1}", firstLine: 1 }]],
    [
      '{"a": }\n{"b": 1}',
      [
        { text: '{"a": }', firstLine: 1 },
        { text: '{"b": 1}', firstLine: 2 },
      ],
    ],
  ])('cuts %j', (text, documents) => {
    expect(cutDocuments(text)).toEqual(documents);
  });

  it('gives the same part when a part is cut again', () => {
    const line = fc.constantFrom(
      '---',
      '--- a',
      '---a',
      'a: 1',
      '# x',
      '',
      '  ',
      '%Y',
      '\r',
      '- b',
      '{',
      '}',
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const { text } of cutDocuments(lines.join('\n')))
          expect(cutDocuments(text)).toEqual([{ text, firstLine: 1 }]);
      }),
    );
  });
});
