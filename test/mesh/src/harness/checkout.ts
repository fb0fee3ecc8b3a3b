import { join, resolve } from 'node:path';

/** The root of the checkout. */
export const ROOT = resolve(import.meta.dirname, '../../../..');

/** The command line's program. */
export const CLI = join(ROOT, 'services/cli/src/main.ts');

/** The configuration that a local mesh starts with. */
export const LOCAL_CONFIG = join(ROOT, 'deploy/local/config');

/** Files to copy into a running mesh. */
export const TRY = join(ROOT, 'deploy/local/try');
export const SAMPLES = join(ROOT, 'deploy/samples');

/** Programs of these tests that run as workloads. */
export const APPS = join(ROOT, 'test/mesh/src/apps');
