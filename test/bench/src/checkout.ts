import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Where the figures are kept. */
export const RESULTS = join(ROOT, 'test/bench/results');

/** Flags that make Node run TypeScript sources and find packages by their sources. */
export const NODE_FLAGS: readonly string[] = ['-C', 'development'];

/** What services are run from: the sources, or, when asked for, the compiled files of which images are made. */
export const FORM = process.env.QUINTET_BENCH_COMPILED === '1' ? 'compiled files' : 'sources';

/**
 * Makes the compiled files anew when services are run from them: left over from other sources, they would be measured in
 * place of these. Throws when the sources do not compile.
 */
export function prepareForm(nodePath: string): void {
  if (FORM === 'sources') return;
  const compile = join(ROOT, 'deploy/docker/compile.mjs');
  const { status } = spawnSync(nodePath, [compile], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('the sources could not be compiled');
}

/** Flags of Node that a service is run with everywhere, see its README. */
const SERVICE_FLAGS: Readonly<Record<string, readonly string[]>> = { galley: ['--max-semi-space-size=8'] };

/** The arguments of Node that run a service. */
export function serviceArguments(service: string): readonly string[] {
  const flags = SERVICE_FLAGS[service] ?? [];
  const folder = join(ROOT, 'services', service);
  if (FORM === 'sources') return [...flags, ...NODE_FLAGS, join(folder, 'src/main.ts')];
  return [...flags, join(folder, 'dist/main.js')];
}

/** The installed command line. */
export const CLI_COMMAND = join(ROOT, 'services/cli/bin/quintet.mjs');
