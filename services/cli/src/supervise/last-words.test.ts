import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastWords } from './last-words.ts';

const folder = mkdtempSync(join(tmpdir(), 'quintet-words-'));
const log = join(folder, 'log');

describe('lastWords', () => {
  it.each([
    ['one\ntwo\n', 'two'],
    ['', ''],
    ['{"level":"info","msg":"ended"}\n', 'ended'],
    ['{"level":"info","msg":"started"}\ngalley: the port is taken\n', 'galley: the port is taken'],
    ['SyntaxError: no such export\n    at file.ts:1\n\nNode.js v24.0.0\n', 'SyntaxError: no such export'],
    ['TypeError [ERR_X]: bad\n{"msg":"later"}\nbye', 'bye'],
    [`${'x'.repeat(400)}\n`, `${'x'.repeat(300)}…`],
  ])('of %j', async (text, words) => {
    writeFileSync(log, text);
    expect(await lastWords(log)).toBe(words);
  });

  it('are none where there is no log', async () => {
    expect(await lastWords(join(folder, 'none'))).toBe('');
  });
});
