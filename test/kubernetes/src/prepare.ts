import process from 'node:process';
import { TEST_BINARIES } from './binaries.ts';
import { buildBinaries } from './build-binaries.ts';

/**
 * Builds Kubernetes before the first test that needs it; quick when it is there. Where it cannot be built, the tests
 * against it are skipped, and one fails in CI: other tests are not held up.
 */
export async function setup(): Promise<void> {
  const tell = (line: string) => process.stderr.write(`kubernetes: ${line}\n`);
  try {
    await buildBinaries(TEST_BINARIES, tell);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\n*** NOTHING IS TESTED AGAINST KUBERNETES: ${why}\n\n`);
  }
}
