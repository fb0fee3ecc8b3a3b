import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function* numbered(count: number): AsyncGenerator<{ readonly number: number }> {
  for (let number = 0; number < count; number += 1) yield { number };
}

describe('untilAborted', () => {
  it('gives every value up to the end, and what the source fails with', async () => {
    const numbers: number[] = [];
    async function* failing() {
      yield* numbered(3);
      throw new Error('broken');
    }
    const reading = async () => {
      for await (const { number } of untilAborted(failing(), new AbortController().signal))
        numbers.push(number);
    };
    await expect(reading()).rejects.toThrow('broken');
    expect(numbers).toEqual([0, 1, 2]);
  });

  it('ends at once when aborted, before or while it waits', async () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const abort = new AbortController();
    const waiting = untilAborted(silent, abort.signal).next();
    abort.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await untilAborted(silent, abort.signal).next()).toEqual({ done: true, value: undefined });
  });

  it('keeps no value that has been read: a stream may be open for months', async () => {
    const values = untilAborted(numbered(10), new AbortController().signal);
    const read: WeakRef<object>[] = [];
    for (let number = 0; number < 9; number += 1) {
      const { value } = await values.next();
      if (value !== undefined) read.push(new WeakRef(value));
    }
    await setImmediate();
    collectGarbage();
    // The last one may be on its way still.
    expect(read.slice(0, -1).filter((value) => value.deref() !== undefined)).toEqual([]);
  });
});
