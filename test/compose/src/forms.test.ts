import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './engine.ts';
import { mustRun } from './run-command.ts';

/** The two forms of every service: what images carry, and what a checkout runs. */
const FORMS = {
  compiled: (service: string) => [join(ROOT, 'services', service, 'dist/main.js')],
  sources: (service: string) => ['-C', 'development', join(ROOT, 'services', service, 'src/main.ts')],
} as const;
const FORM_NAMES = ['compiled', 'sources'] as const;
const SERVICES = ['galley', 'pilot', 'citadel', 'injector', 'mixer', 'nodeagent'];
const COMPILE_MS = 120_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

beforeAll(async () => {
  await mustRun([process.execPath, join(ROOT, 'deploy/docker/compile.mjs')], { timeoutMs: COMPILE_MS });
}, COMPILE_MS);

describe.each(FORM_NAMES)('%s', (form) => {
  it.each(SERVICES)('%s tells its flags', async (service) => {
    const help = await mustRun([process.execPath, ...FORMS[form](service), '--help']);
    expect(help).toContain(`Usage: ${service}`);
  });

  it('a service starts, is ready and ends', async () => {
    const { path, remove } = await makeTempDir('forms');
    const port = await freePort();
    const flags = [
      '--self-signed-ca',
      `--ca-dir=${path}`,
      '--grpc-address=127.0.0.1',
      '--grpc-port=0',
      `--admin-address=127.0.0.1:${port}`,
    ];
    const child = spawn(process.execPath, [...FORMS[form]('citadel'), ...flags], { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    cleanups.push(remove, () => child.kill('SIGKILL'));
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200, {
      timeoutMs: 20_000,
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
