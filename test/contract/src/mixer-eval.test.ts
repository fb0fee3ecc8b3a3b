import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPRESSION_CASES, MANIFEST } from './expressions.ts';
import { runQuintet } from './run-quintet.ts';

let temp: TempDir;
beforeAll(async () => {
  temp = await makeTempDir();
});
afterAll(() => temp.remove());

describe('quintet mixer eval --batch', () => {
  let answers: unknown[] = [];

  beforeAll(async () => {
    const lines = EXPRESSION_CASES.map(({ expression, attributes }) =>
      JSON.stringify({ expression, manifest: MANIFEST, attributes }),
    );
    const run = await runQuintet(['mixer', 'eval', '--batch', '-'], { input: `${lines.join('\n')}\n` });
    expect(run).toMatchObject({ code: 0, err: '' });
    answers = run.out
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(answers).toHaveLength(EXPRESSION_CASES.length);
  });

  it.each(EXPRESSION_CASES.map((each, index) => [each.expression, each.expected, index] as const))(
    '%j',
    (_, expected, index) => {
      if ('value' in expected) expect(answers[index]).toEqual(expected);
      else {
        const { error, referenced } = expected;
        const answer = { error: expect.stringMatching(error), ...(referenced && { referenced }) };
        expect(answers[index]).toEqual(answer);
      }
    },
  );
});

describe('quintet mixer eval', () => {
  const file = async (name: string, content: unknown): Promise<string> => {
    const path = join(temp.path, name);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  it('knows the standard attributes, and evaluates with those of a file', async () => {
    const attributes = await file('attributes.json', {
      'source.name': 'productpage',
      'request.headers': { cookie: 'a=b' },
      'request.time': '2019-11-14T10:00:00Z',
    });
    const run = await runQuintet([
      ...['mixer', 'eval', 'request.headers["cookie"] | "none"'],
      ...['--attributes', attributes],
    ]);
    expect(run).toEqual({
      code: 0,
      out: `${JSON.stringify({ type: 'STRING', value: 'a=b', referenced: ['request.headers', 'request.headers[cookie]'] })}\n`,
      err: '',
    });
  });

  it.each([
    [['mixer', 'eval', 'source.colour == "red"'], 1, /unknown attribute source\.colour/],
    [['mixer', 'eval', 'source.name'], 1, /lookup failed: 'source\.name'/],
  ])('%j answers an error', async (args, code, error) => {
    const run = await runQuintet(args);
    expect(run).toMatchObject({ code, err: '' });
    expect(JSON.parse(run.out)).toMatchObject({ error: expect.stringMatching(error) });
  });

  it.each([
    [['mixer'], 64, 'mixer eval'],
    [['mixer', 'eval'], 64, 'usage'],
    [['mixer', 'eval', 'a', 'b'], 64, '"b"'],
    [['mixer', 'eval', 'true', '--batch', 'x'], 64, 'usage'],
    [['mixer', 'eval', 'true', '--attributes', 'not-there.json'], 65, 'not-there.json'],
    [['mixer', 'eval', '--batch', 'not-there.jsonl'], 65, 'not-there.jsonl'],
  ])('%j ends with %i', async (args, code, says) => {
    const run = await runQuintet(args, { cwd: temp.path });
    expect(run).toMatchObject({ code, out: '', err: expect.stringContaining(says) });
    expect(run.err.trim().split('\n')).toHaveLength(1);
  });
});
