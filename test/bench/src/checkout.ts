import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Where the figures are kept. */
export const RESULTS = join(ROOT, 'test/bench/results');

/** Flags that make Node run TypeScript sources and find packages by their sources. */
export const NODE_FLAGS: readonly string[] = ['-C', 'development'];

/** What services are run from: the sources, or, when asked for, the bundles that images carry. */
export const FORM = process.env.QUINTET_BENCH_COMPILED === '1' ? 'bundles' : 'sources';

const BUNDLES = join(ROOT, '.cache/bundles');
/** What Node has compiled of the bundles; images have it, too. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(ROOT, '.cache/bundles-compiled') };

/**
 * Makes the bundles anew when services are run from them: left over from other sources, they would be measured in place of
 * these. Throws when the sources do not compile.
 */
export function prepareForm(nodePath: string): void {
  if (FORM === 'sources') return;
  const run = (args: readonly string[], env = {}): void => {
    const { status } = spawnSync(nodePath, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    });
    if (status !== 0) throw new Error(`${args.join(' ')} failed`);
  };
  run([join(ROOT, 'deploy/docker/compile.mjs')]);
  run([join(ROOT, 'deploy/docker/bundle.mjs'), BUNDLES]);
  rmSync(COMPILE_CACHE.NODE_COMPILE_CACHE, { recursive: true, force: true });
  for (const service of readdirSync(BUNDLES)) run([bundleOf(service), '--help'], COMPILE_CACHE);
}

const bundleOf = (service: string): string => join(BUNDLES, service, 'main.js');

/** Flags of Node that a service is run with everywhere, see its README. */
const SERVICE_FLAGS: Readonly<Record<string, readonly string[]>> = { galley: ['--max-semi-space-size=8'] };

/** How Node runs a service: its arguments, and variables besides those of this process. */
export type ServiceProgram = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** The program of a service, in the form that is measured. */
export function serviceProgram(service: string): ServiceProgram {
  const flags = SERVICE_FLAGS[service] ?? [];
  if (FORM === 'bundles') return { args: [...flags, bundleOf(service)], env: COMPILE_CACHE };
  return { args: [...flags, ...NODE_FLAGS, join(ROOT, 'services', service, 'src/main.ts')], env: {} };
}

/** The installed command line. */
export const CLI_COMMAND = join(ROOT, 'services/cli/bin/quintet.mjs');
