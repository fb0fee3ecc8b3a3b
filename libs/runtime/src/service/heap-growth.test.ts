import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { heapGrowthFlag, limitHeapGrowth } from './heap-growth.ts';

describe('the growth of the heap', () => {
  it('is limited by a flag that this Node knows', () => {
    const { status, stderr } = spawnSync(process.execPath, [heapGrowthFlag(25), '-e', '0'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const unknown = spawnSync(process.execPath, ['--heap-growing-part=25', '-e', '0']);
    expect(unknown.status).not.toBe(0);
  });

  it('is a whole percentage', () => {
    for (const percent of [0, -1, 1.5, Number.NaN]) {
      expect(() => limitHeapGrowth(percent)).toThrow('a heap grows by whole per cents');
    }
  });
});
