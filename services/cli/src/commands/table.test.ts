import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './table.ts';

const README = new URL('../../README.md', import.meta.url);

/** First cells of the table of commands, without what Markdown wants. */
async function describedUsages(): Promise<string[]> {
  const lines = (await readFile(README, 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const [, cell] = /^\| `(.*?)` +\| /.exec(line) ?? [];
    return cell === undefined ? [] : [cell.replaceAll('\\|', '|')];
  });
}

describe('the README', () => {
  it('lists every command with its flags, as its help does', async () => {
    const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
    expect(await describedUsages()).toEqual(commands.map(({ usage }) => usage));
  });
});

describe('the usage of a command', () => {
  it.each(COMMANDS.map((entry) => [entry.words.join(' '), entry] as const))(
    '%s begins so',
    async (words, entry) => {
      const { usage } = await entry.load();
      expect(`${usage} `.startsWith(`${words} `)).toBe(true);
    },
  );
});
