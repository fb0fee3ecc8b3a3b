import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runQuintet } from './run-quintet.ts';

let temp: TempDir;
const taken = createServer();
let takenPort = 0;

beforeAll(async () => {
  temp = await makeTempDir();
  await writeFile(join(temp.path, 'bad.pem'), 'nothing');
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const address = taken.address();
  takenPort = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(async () => {
  await new Promise((done) => taken.close(done));
  await temp.remove();
});

/** What a person is told, without the lines of the structured log. */
const talk = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

type Mistake = readonly [args: string, code: number, says: string];

const PLAIN = '--admin-address 127.0.0.1:0';

const MISTAKES: readonly Mistake[] = [
  ['frobnicate', 64, 'unknown command "frobnicate"'],
  ['serve', 64, 'the service is missing; one of citadel, galley, injector, mixer, nodeagent, pilot'],
  ['serve glley', 64, 'unknown service "glley"'],
  ['proxy-config routs a', 64, 'clusters, listeners, routes, endpoints'],
  ['events', 1, 'no mesh is running'],
  ['proxy-status', 1, 'no mesh is running'],
  ['up --config not-there', 65, 'not-there'],
  ['serve galley --configPth x', 2, '--configPth: unknown flag, did you mean --configPath?'],
  [
    `serve galley --insecure --server-address 127.0.0.1:0 ${PLAIN} --kubeconfig not-there`,
    1,
    '--kubeconfig: cannot read not-there: no such file or directory',
  ],
  [`serve galley --insecure --server-address 127.0.0.1:0 ${PLAIN}`, 2, 'expected --configPath'],
  [`serve galley --configPath . --insecure --server-address 0.0.0.0:0 ${PLAIN}`, 2, 'loopback'],
  [
    `serve galley --configPath not-there --insecure --server-address 127.0.0.1:0 ${PLAIN}`,
    1,
    'no such file or directory',
  ],
  [`serve galley --configPath . --insecure --server-address 127.0.0.1:TAKEN ${PLAIN}`, 1, 'port is in use'],
  ['serve galley --configPath . --insecure --server-address 127.0.0.1:0 --monitoringPort many', 2, '"many"'],
  [`serve pilot ${PLAIN}`, 2, 'no identity: expected --cert-dir'],
  [
    `serve pilot --secureGrpcAddr= --grpcAddr 0.0.0.0:0 --mcp-insecure --mcp-address 127.0.0.1:1 ${PLAIN}`,
    2,
    'loopback',
  ],
  [
    `serve pilot --secureGrpcAddr= --grpcAddr 127.0.0.1:TAKEN --httpAddr= --mcp-insecure --mcp-address 127.0.0.1:1 ${PLAIN}`,
    1,
    'port is in use',
  ],
  ['serve pilot --registries Consul', 2, '--registries: found "Consul"'],
  ['serve pilot --debounce-after soon', 2, '--debounce-after: found "soon", expected a duration'],
  [`serve citadel ${PLAIN}`, 2, 'no authority: expected --self-signed-ca'],
  [
    `serve citadel --signing-cert bad.pem --signing-key bad.pem --root-cert bad.pem --grpc-port 0 ${PLAIN}`,
    1,
    'bad.pem',
  ],
  ['serve citadel --grpc-port 70000', 2, 'from 0 to 65535'],
  [`serve mixer --insecure --address 127.0.0.1:0 --configStoreURL k8s:// ${PLAIN}`, 2, 'expected mcps://'],
  [
    `serve mixer --insecure --address 127.0.0.1:0 --metrics-address 127.0.0.1:0 --configStoreURL fs:///not/there ${PLAIN}`,
    1,
    'cannot read /not/there',
  ],
  [
    `serve injector --tlsCertFile not-there.pem --tlsKeyFile not-there.pem --address 127.0.0.1:0 ${PLAIN}`,
    1,
    'not-there.pem',
  ],
  [
    `serve injector --tlsCertFile bad.pem --address 127.0.0.1:0 ${PLAIN}`,
    2,
    '--tlsCertFile and --tlsKeyFile',
  ],
  [`serve nodeagent ${PLAIN}`, 2, '--root-cert-file'],
];

describe('a mistake', () => {
  it.each(MISTAKES)('%s ends with %i and one line', async (args, code, says) => {
    const run = await runQuintet(args.replace('TAKEN', String(takenPort)).split(' '), {
      cwd: temp.path,
      env: { QUINTET_HOME: temp.path },
    });
    expect(talk(run.err)).toEqual([expect.stringContaining(says)]);
    expect(run.code).toBe(code);
  });
});

it('names a tool that is missing', async () => {
  const run = await runQuintet(['tools'], {
    cwd: temp.path,
    env: { QUINTET_HOME: temp.path, ENVOY_BIN: '/not/there/envoy' },
  });
  expect(run.code).toBe(1);
  expect(talk(run.err).at(-1)).toContain('/not/there/envoy');
});
