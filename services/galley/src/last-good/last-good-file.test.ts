import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { type ConfigObject, DESTINATION_RULE, makeConfigObject } from '@quintet/model';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { createManualClock, createMemoryLog } from '@quintet/runtime/testing';
import { makeTempDir, type TempDir } from '@quintet/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLastGoodFile } from './last-good-file.ts';

let directory: TempDir;
beforeEach(async () => {
  directory = await makeTempDir('last-good');
});
afterEach(() => directory.remove());

const rule = (name: string): ConfigObject =>
  makeConfigObject({
    kind: DESTINATION_RULE,
    namespace: 'shop',
    name,
    spec: create(DestinationRuleSchema, { host: 'a' }),
  });

function open(folder = directory.path) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const file = createLastGoodFile({ directory: folder, clock, log });
  const asked: string[] = [];
  return {
    ...{ clock, file, asked, log },
    /** Keeps one object; asking for it takes that long. */
    keep: (name: string, tookMs = 0) =>
      file.keep(() => {
        asked.push(name);
        // What is asked for is written at once: the clock goes on while it is.
        queueMicrotask(() => clock.advance(tookMs));
        return [rule(name)];
      }),
    kept: async () => (await file.read()).map(({ name }) => name),
  };
}

describe('the file of the last good objects', () => {
  it('is written a moment after a change, with all that came until then', async () => {
    const { clock, asked, keep, kept } = open();
    keep('a');
    clock.advance(99);
    keep('b');
    expect(asked).toEqual([]);
    clock.advance(1);
    await expect.poll(kept).toEqual(['b']);
    expect(asked).toEqual(['b']);
    expect(await readdir(directory.path)).toEqual(['last-good.binpb']);
  });

  it.each([
    [10, 200],
    [1_000_000, 5_000],
  ])('rests after writing for %i ms: %i ms', async (tookMs, restMs) => {
    const { clock, asked, keep, kept } = open();
    keep('a', tookMs);
    clock.advance(100);
    await expect.poll(kept).toEqual(['a']);
    keep('b');
    clock.advance(restMs - 1);
    keep('c');
    expect(asked).toEqual(['a']);
    clock.advance(1);
    await expect.poll(kept).toEqual(['c']);
    expect(asked).toEqual(['a', 'c']);
  });

  it('is written at once when galley ends', async () => {
    const { asked, file, keep, kept } = open();
    keep('a');
    await file.flush();
    expect(await kept()).toEqual(['a']);
    await file.flush();
    expect(asked).toEqual(['a']);
  });

  it('is tried again when it could not be written, which is told once', async () => {
    const inTheWay = join(directory.path, 'state');
    await writeFile(inTheWay, 'a file, no directory');
    const { clock, keep, kept, asked, log } = open(inTheWay);
    const told = () => log.lines.map(({ message }) => message);
    keep('a');
    await clock.advance(100);
    await expect.poll(() => clock.pending()).toBe(1);
    expect(told()).toEqual(['the last good objects cannot be kept; trying again']);
    await clock.advance(5_000);
    await expect.poll(() => clock.pending()).toBe(1);
    expect(asked).toEqual(['a', 'a']);
    await rm(inTheWay);
    keep('b');
    await clock.advance(5_000);
    await expect.poll(told).toHaveLength(2);
    expect(await kept()).toEqual(['b']);
    expect(told()[1]).toBe('the last good objects are kept again');
  });

  it('has what came while it was written', async () => {
    const { clock, file, keep, kept } = open();
    keep('a');
    const written = file.flush();
    await Promise.resolve();
    keep('b');
    await written;
    clock.advance(100);
    await expect.poll(kept).toEqual(['b']);
  });
});
