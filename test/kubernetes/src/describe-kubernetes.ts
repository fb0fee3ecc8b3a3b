import { existsSync } from 'node:fs';
import process from 'node:process';
import { describe } from 'vitest';
import { pathOfBinary, TEST_BINARIES } from './binaries.ts';

/** Programs that could not be built here; told by the set-up. */
export const missingBinaries: readonly string[] = TEST_BINARIES.map(pathOfBinary).filter(
  (path) => !existsSync(path),
);

/** Whether this is a run that has to test everything. */
export const isCi = (): boolean => process.env.CI !== undefined && process.env.CI !== 'false';

/** A group of tests against a real API server, skipped where none can be built: the set-up says so, and CI fails. */
export const describeKubernetes = describe.runIf(missingBinaries.length === 0);
