import { defineConfig } from 'vitest/config';

// Workers do not see the command line: `vitest -u` rewrites golden files too.
if (process.argv.includes('-u') || process.argv.includes('--update')) process.env.UPDATE_GOLDEN = '1';

const resolve = { conditions: ['development', 'node', 'import', 'module', 'default'] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    passWithNoTests: false,
    // What is waited for comes at once on an idle machine, and later on a busy one.
    expect: { poll: { timeout: 4_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{libs,services}/*/src/**/*.test.ts',
            'deploy/samples/*/src/**/*.test.ts',
            'test/arch/src/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          globalSetup: './test/setup/src/fetch-tools.ts',
          include: ['test/{contract,envoy,interop,compose}/src/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'mesh',
          globalSetup: './test/setup/src/fetch-tools.ts',
          include: ['test/mesh/src/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
