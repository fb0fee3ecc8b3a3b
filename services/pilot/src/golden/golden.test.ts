import { join } from 'node:path';
import { golden, goldenCases } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { generateCase, INPUTS } from './generate-case.ts';

const testdata = join(import.meta.dirname, '../../testdata');

describe('what a proxy is handed', async () => {
  it.each((await goldenCases({ testdata, inputs: INPUTS })).map((one) => [one.name, one] as const))(
    '%s',
    async (_, one) => {
      const files = await generateCase(one);
      const { made, stored } = await golden({ directory: one.directory, files, inputs: INPUTS });
      expect(made).toEqual(stored);
    },
  );
});
