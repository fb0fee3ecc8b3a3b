import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from './lines.ts';

async function* streamOf(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

async function read(chunks: readonly Uint8Array[], maxBytes = 100): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(streamOf(chunks), { maxBytes })) lines.push(line);
  return lines;
}

describe('lines of a stream', () => {
  it('come out whole however the bytes are cut', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((line) => !line.includes('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 10 }), fc.array(fc.nat(300)), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(await read(chunks)).toEqual(lines.map((line) => Buffer.from(line).toString()));
      }),
    );
  });

  it.each([
    ['an empty line is nothing', ['a\n\nb\n'], ['a', 'b']],
    ['a line that was cut off is nothing', ['a\nb'], ['a']],
    ['nothing', [], []],
  ])('%s', async (_, chunks, expected) => {
    expect(await read(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(expected);
  });

  it('are refused when too long, whether they end or not', async () => {
    await expect(read([Buffer.alloc(101, 'x')])).rejects.toThrow('at most 100 bytes');
    await expect(read([Buffer.from(`${'x'.repeat(101)}\n`)])).rejects.toThrow('at most 100 bytes');
    expect(await read([Buffer.from(`${'x'.repeat(100)}\n`)])).toHaveLength(1);
  });
});
