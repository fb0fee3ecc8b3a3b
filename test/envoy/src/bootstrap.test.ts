import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ENVOY, findTool, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const TESTDATA = resolve(import.meta.dirname, '../../../libs/proxy/testdata');
const bootstraps = readdirSync(TESTDATA).filter((name) =>
  readdirSync(join(TESTDATA, name)).includes('bootstrap.json'),
);

/** What Envoy reads from the file that the goldens say the token is in. */
const TOKEN = {
  resources: [
    {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
      name: 'token',
      generic_secret: { secret: { inline_string: 'token' } },
    },
  ],
};

let folder: TempDir;
let envoy = '';
beforeAll(async () => {
  folder = await makeTempDir('bootstrap');
  envoy = await findTool(ENVOY);
  await mkdir(join(folder.path, 'token'));
  await writeFile(join(folder.path, 'token/sds.json'), JSON.stringify(TOKEN));
});
afterAll(() => folder.remove());

/** Envoy's verdict on a bootstrap: empty when it takes it. */
async function refusal(bootstrap: string): Promise<string> {
  const file = join(folder.path, 'bootstrap.json');
  await writeFile(file, bootstrap.replaceAll('/run/mesh', folder.path));
  try {
    await run(envoy, ['--mode', 'validate', '-c', file, '--log-level', 'critical']);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const golden = (name: string): string => readFileSync(join(TESTDATA, name, 'bootstrap.json'), 'utf8');

describe('a real Envoy starts with the bootstrap', () => {
  it.each(bootstraps)('%s', async (name) => expect(await refusal(golden(name))).toBe(''));

  it('and refuses a wrong one, so that this test can fail', async () => {
    const [name = ''] = bootstraps;
    expect(await refusal(golden(name).replace('"static_resources"', '"static_resource"'))).toContain(
      'static_resource',
    );
  });
});
