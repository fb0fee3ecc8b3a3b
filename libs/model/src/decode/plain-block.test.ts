import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import { readPlainDocument } from './plain-block.ts';
import { readYamlDocuments } from './yaml.ts';

const plain = (text: string) => readPlainDocument(text, { firstLine: 1, limits: DEFAULT_READ_LIMITS });

/** What the YAML library makes of a text: the mark of a document's end is more than the plain reader takes. */
const byLibrary = (text: string) =>
  JSON.parse(
    JSON.stringify(readYamlDocuments(`${text}\n...\n`, DEFAULT_READ_LIMITS), (_, value) => {
      if (value instanceof Map) return [...value];
      return typeof value === 'bigint' ? Number(value) : value;
    }),
  );

const asJson = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (_, inner) => (inner instanceof Map ? [...inner] : inner)));

const expectSame = (text: string): void => {
  const root = plain(text);
  if (root !== undefined)
    expect([{ root: asJson(root), line: root.line, problems: [] }]).toEqual(byLibrary(text));
};

const OBJECT = `# a rule
apiVersion: networking.istio.io/v1alpha3
kind: "DestinationRule"   # quoted
metadata:
  name: reviews
  annotations: {a.b/c: "x", 'd': 'it''s'}
  creationTimestamp:

spec:
  host: "a\\"b\\n"
  subsets:
  - name: v1
    labels: {}

    # in between
    weight: 10
  -
    name: v2
    nothing: ~
  exportTo:
    - "*"
    - .
  hosts: ["*.example.com", a-b.c, 1, 2.5, true, null]
  endpoints:
  - { address: 10.0.0.1, labels: { app: a, version: 1.2.3 }, network: 10.0.0.0/8 }
  - address: 10.0.0.2
    since: 2020-01-31
  code: | # literal

    first
      # no comment

    last

  # a comment
  list:
  - |-
    a: b
  - c
`;

describe('readPlainDocument', () => {
  it('reads what configuration is mostly made of, as the YAML library does', () => {
    expect(plain(OBJECT)).toBeDefined();
    expectSame(OBJECT);
  });

  it('reads JSON in any layout', () => {
    const value = { a: [1, -2, 3.5, 'x: "y"', null, true, {}, []], 'b c': { d: {} } };
    for (const indent of [0, 2, 4]) {
      const text = JSON.stringify(value, null, indent);
      expect(plain(text)).toBeDefined();
      expectSame(text);
    }
  });

  it.each([
    'a: &x 1',
    'a: *x',
    'a: !!str 1',
    'a: |+\n  text',
    'a: |2\n  text',
    'a: |\n',
    'a: |\n    text\n  less',
    'a: |\n      \n  text',
    'a: >-\n  text',
    'a: word\n  that goes on',
    'a: "begun\n  and ended"',
    'a: 1\na: 2',
    'a: 1\n  b: 2',
    'a:\n  b: 1\n c: 2',
    '? a\n: b',
    '<<: {a: 1}',
    '__proto__: 1',
    '{"__proto__": 1}',
    'a: 0x1F',
    'a: 1e3',
    'a: +1',
    'a: 1234567890123456789',
    'a: .inf',
    'a: b: c',
    'a:\tb',
    'a: [b, c',
    'a: [b,, c]',
    'a: {b: }',
    'a: [*b]',
    'a: "\\u0041"',
    '- - a',
    'a: @b',
    'just text',
  ])('leaves %j to the YAML library', (text) => {
    expect(plain(text)).toBeUndefined();
  });

  it('leaves what is too much to the YAML library, which says so', () => {
    const limits = { maxTextLength: 1000, maxNodes: 5, maxDepth: 3 };
    const read = (text: string) => readPlainDocument(text, { firstLine: 1, limits });
    expect(read('a: 1\nb: 2\nc: 3\nd: 4')).toBeDefined();
    expect(read('a: 1\nb: 2\nc: 3\nd: 4\ne: 5')).toBeUndefined();
    expect(read('a: [1, 2, 3, 4]')).toBeUndefined();
    expect(read('a:\n  b:\n    c:\n      d: 1')).toBeUndefined();
    expect(readYamlDocuments('a: [[[[1]]]]', limits)[0]?.problems).not.toEqual([]);
  });

  const many = 150_000;
  it.each([
    ['many strings on one line', `[${'"word",'.repeat(many)}]`],
    ['many literal blocks', 'a: |\n  x\n'.repeat(many)],
    ['many literal blocks in a list', `a:\n${'- |\n  x\n'.repeat(many)}`],
    ['a long string', `a: "${'x'.repeat(8 * many)}"`],
    ['many quotes', `a: ${"'".repeat(8 * many)}`],
    ['spaces without end', `a: [b]${' '.repeat(8 * many)}x`],
    ['empty lines behind a literal block', `a: |\n  x\n${'\n'.repeat(8 * many)}b: 1`],
    ['open brackets', '[{a: '.repeat(many)],
    ['dashes', '- '.repeat(many)],
    ['digits', `a: ${'1'.repeat(8 * many)}e`],
  ])('takes time in proportion to the text: %s', { timeout: 20_000 }, (_, text) => {
    plain(text);
  });

  it('comes to an end on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        for (const each of [
          text,
          `a: ${text}`,
          `- ${text}`,
          `{a: ${text}}`,
          `["${text}"]`,
          `a: |\n  ${text}`,
        ])
          expectSame(each);
      }),
      { numRuns: 1000 },
    );
  });

  it('never differs from the YAML library on what it writes', () => {
    const key = fc.oneof(fc.constantFrom('a', 'name', 'x/y.z', '1', ':authority', ' '), fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(
          fc.string(),
          fc.constantFrom(
            'true',
            '-',
            '1',
            '#',
            "'",
            'a: b',
            ' a',
            '*',
            '0.10',
            'a\nb\n',
            'a\n\n b',
            'x\n',
            '\n',
          ),
          fc.integer(),
        ),
        fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.boolean(), fc.constantFrom(2, 3, 4), (value, indentSeq, indent) => {
        expectSame(stringify(value, { indentSeq, indent }));
        expectSame(JSON.stringify(value, null, indent));
      }),
      { numRuns: 300 },
    );
  });

  it('never differs from the YAML library on any text that it reads', () => {
    const fragment = fc.constantFrom(
      ...[
        'a',
        'b',
        'a: ',
        'b:',
        'c: ',
        '- ',
        '-',
        '\n',
        '\n  ',
        '\n    ',
        '\n- ',
        '\n  - ',
        ' ',
        '  ',
        '#',
        ' # x',
      ],
      ...[
        '"x"',
        '"',
        "'",
        "''",
        '{',
        '}',
        '[',
        ']',
        ', ',
        ',',
        ': ',
        ':',
        '&a ',
        '*a',
        '|',
        '>',
        '!',
        '%',
        '@',
        '?',
      ],
      ...[
        '1',
        '-1',
        '0x1',
        '1e3',
        '.5',
        '.',
        '10.0.0.1',
        '1.e',
        '0o7',
        '1_0',
        '+',
        'null',
        '~',
        'true',
        '\t',
        '...',
        '\u00a0',
        '\\',
        '\\n',
        '<<',
        '\ufeff',
      ],
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 14 }), (fragments) => {
        expectSame(fragments.join(''));
        expectSame(`a: ${fragments.join('')}`);
        expectSame(`{${fragments.join('')}}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('never differs from the YAML library on lines however indented', () => {
    const line = fc
      .tuple(fc.nat(5), fc.constantFrom('', 'x', '# c', 'b: 1', '- y', 'c:', 'd: |', '- |-', '-'))
      .map(([indent, text]) => ' '.repeat(indent) + text);
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.constantFrom('a:', 'a: |', 'a: |-', '- |', '- a: |'),
        (lines, head) => {
          expectSame([head, ...lines].join('\n'));
          expectSame([...lines, 'z: 1'].join('\n'));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
