import { defineConfig } from 'vitest/config';

// Workers do not see the command line: `vitest -u` rewrites golden files too.
if (process.argv.includes('-u') || process.argv.includes('--update')) process.env.UPDATE_GOLDEN = '1';

const resolve = { conditions: ['development', 'node', 'import', 'module', 'default'] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    passWithNoTests: false,
    // Deadlines say nothing while the host of this machine gives its processors to others.
    setupFiles: ['./test/setup/src/undisturbed.ts'],
    retry: { count: 3, condition: /^the machine was held up/ },
    // What is loaded without vitest, by `require` or in a worker thread, is found by its sources too.
    execArgv: ['--conditions=development'],
    // What is waited for comes at once on an idle machine, and later on a busy one.
    expect: { poll: { timeout: 4_000 } },
    // One group after the other: what runs a whole mesh has the machine for itself. The order begins with 1: on two cores
    // vitest takes 0 for none.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 1 },
          // A guard against hanging, not a measure: some step through days of a manual clock.
          testTimeout: 30_000,
          include: [
            '{libs,services}/*/src/**/*.test.ts',
            'deploy/samples/*/src/**/*.test.ts',
            'test/{arch,setup}/src/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          sequence: { groupOrder: 2 },
          globalSetup: './test/setup/src/fetch-tools.ts',
          include: ['test/{contract,envoy,interop}/src/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'kubernetes',
          sequence: { groupOrder: 3 },
          globalSetup: './test/kubernetes/src/prepare.ts',
          include: ['test/kubernetes/src/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'mesh',
          sequence: { groupOrder: 4 },
          globalSetup: './test/setup/src/fetch-tools.ts',
          include: ['test/mesh/src/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'compose',
          sequence: { groupOrder: 5 },
          include: ['test/compose/src/**/*.test.ts'],
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
