import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { eventually, freePort, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './engine.ts';
import { mustRun, runCommand } from './run-command.ts';

let bundles: TempDir;
/** The forms of every service: what images carry, what that is made of, and what a checkout runs. */
const FORMS = {
  bundled: (service: string) => [join(bundles.path, service, 'main.js')],
  compiled: (service: string) => [join(ROOT, 'services', service, 'dist/main.js')],
  sources: (service: string) => ['-C', 'development', join(ROOT, 'services', service, 'src/main.ts')],
} as const;
const FORM_NAMES = ['bundled', 'compiled', 'sources'] as const;
const SERVICES = ['galley', 'pilot', 'citadel', 'injector', 'mixer', 'nodeagent'];
const MAKE_MS = 180_000;
const START_MS = 20_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

beforeAll(async () => {
  bundles = await makeTempDir('bundles');
  const make = (program: string, ...args: string[]) =>
    mustRun([process.execPath, join(ROOT, 'deploy/docker', program), ...args], { timeoutMs: MAKE_MS });
  await make('compile.mjs');
  await make('bundle.mjs', bundles.path);
}, 2 * MAKE_MS);
afterAll(() => bundles.remove());

function start(program: readonly string[]): { readonly child: ChildProcess; readonly output: () => string } {
  let output = '';
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'inherit', 'pipe'] });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  cleanups.push(() => child.kill('SIGKILL'));
  return { child, output: () => output };
}

async function folderWith(file: string, text: string): Promise<string> {
  const { path, remove } = await makeTempDir('forms');
  cleanups.push(remove);
  await writeFile(join(path, file), text);
  return path;
}

const versionOf = (service: string): unknown =>
  JSON.parse(readFileSync(join(ROOT, 'services', service, 'package.json'), 'utf8')).version;

describe.each(FORM_NAMES)('%s', (form) => {
  it.each(SERVICES)('%s tells its flags', async (service) => {
    const help = await mustRun([process.execPath, ...FORMS[form](service), '--help']);
    expect(help).toContain(`Usage: ${service}`);
  });

  it('a service starts, is ready, says its version and ends', async () => {
    const { path, remove } = await makeTempDir('forms');
    cleanups.push(remove);
    const admin = `127.0.0.1:${await freePort()}`;
    const flags = [
      '--self-signed-ca',
      `--ca-dir=${path}`,
      '--grpc-address=127.0.0.1',
      '--grpc-port=0',
      `--admin-address=${admin}`,
    ];
    const { child } = start([...FORMS[form]('citadel'), ...flags]);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const get = (page: string) => fetch(`http://${admin}${page}`);
    await eventually(async () => (await get('/readyz')).status === 200, { timeoutMs: START_MS });
    expect(await (await get('/version')).json()).toMatchObject({ version: versionOf('citadel') });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('galley finds the messages of Envoy when there is an EnvoyFilter', async () => {
    const folder = await folderWith('patch.yaml', ENVOY_FILTER);
    const admin = `127.0.0.1:${await freePort()}`;
    const { output } = start([
      ...FORMS[form]('galley'),
      `--configPath=${folder}`,
      '--insecure',
      '--server-address=tcp://127.0.0.1:0',
      `--admin-address=${admin}`,
    ]);
    await eventually(() => output().includes(UNKNOWN_FIELD), { timeoutMs: START_MS });
  });

  it('the command line says its version and loads its commands', async () => {
    const quintet = [process.execPath, ...FORMS[form]('cli')];
    expect(await mustRun([...quintet, 'version'])).toBe(`${versionOf('cli')}\n`);
    const folder = await folderWith('patch.yaml', ENVOY_FILTER);
    const { code, output } = await runCommand([...quintet, 'validate', '-f', folder]);
    expect(output).toContain(UNKNOWN_FIELD);
    expect(code).toBe(1);
  });
});

describe('bundles', () => {
  it('name the licences of what they are made of', () => {
    const licences = readFileSync(join(bundles.path, 'galley/LICENSES-THIRD-PARTY'), 'utf8');
    for (const name of [
      '@bufbuild/protobuf',
      '@grpc/grpc-js',
      '@grpc/grpc-js-xds',
      '@kubernetes/client-node',
      'yaml',
    ]) {
      expect(licences).toMatch(new RegExp(`^${name} \\d\\S*: `, 'm'));
    }
    expect(licences).not.toMatch(/^vitest /m);
  });
});

const UNKNOWN_FIELD = 'connectTimeot: unknown field';
const ENVOY_FILTER = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: patch, namespace: shop }
spec:
  configPatches:
    - applyTo: CLUSTER
      patch: { operation: MERGE, value: { connectTimeot: 5s } }
`;
