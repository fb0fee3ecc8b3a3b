import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Where the figures are kept. */
export const RESULTS = join(ROOT, 'test/bench/results');

/** Flags that make Node run TypeScript sources and find packages by their sources. */
export const NODE_FLAGS: readonly string[] = ['-C', 'development'];

/** The program of a service. */
export function serviceProgram(service: string): string {
  return join(ROOT, 'services', service, 'src/main.ts');
}

/** The installed command line. */
export const CLI_COMMAND = join(ROOT, 'services/cli/bin/quintet.mjs');
