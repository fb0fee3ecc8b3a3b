import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** Fetches Envoy and nats-server before the first test that needs them; quick when they are there. */
export function setup(): void {
  const main = join(root, 'services/cli/src/main.ts');
  const { status } = spawnSync(process.execPath, ['-C', 'development', main, 'tools'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('the programs that the tests need could not be fetched');
}
