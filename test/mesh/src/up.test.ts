import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { eventually, freePort } from '@quintet/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { ECHO_MESH, readEcho } from './apps/echo-mesh.ts';
import { leftListeners, type Mesh, startMesh } from './harness/mesh.ts';
import { type ConfigChanges, makeMeshFolder } from './harness/mesh-folder.ts';
import { processesOf } from './harness/processes.ts';
import { type CliResult, runCli } from './harness/run-cli.ts';
import { startUp } from './harness/up-process.ts';
import { useMesh } from './harness/use-mesh.ts';

const echoMesh = ECHO_MESH.files?.['mesh.yaml'] ?? '';

/** Warm start to the first page that the project asks for; said here, kept by the bench. */
const TARGET_S = 20;

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work();
});

async function start(options: Parameters<typeof startMesh>[0]): Promise<Mesh> {
  const mesh = await startMesh(options);
  cleanUp.push(() => mesh.dispose());
  return mesh;
}

/** Runs an `up` that is not to come up. */
async function failedUp(
  options: ConfigChanges & { readonly args?: readonly string[]; readonly env?: Record<string, string> },
): Promise<CliResult & { readonly home: string; readonly config: string }> {
  const { args, env = {}, ...changes } = options;
  const { home, config, remove } = await makeMeshFolder(changes);
  cleanUp.push(remove);
  const result = await runCli({
    args: ['up', ...(args ?? ['--config', config])],
    env: { ...env, QUINTET_HOME: home },
    timeoutMs: 60_000,
  });
  return { ...result, home, config };
}

/** Nothing of a mesh is alive: that its starter is gone does not say that yet. */
async function untilNothingIsLeft({ home, state }: Mesh): Promise<void> {
  await eventually(
    () => {
      const processes = processesOf(home).map(({ pid, command }) => `${pid} ${command.join(' ')}`);
      const left = [...processes, ...leftListeners(state.block)];
      if (left.length > 0) throw new Error(`still there:\n${left.join('\n')}`);
    },
    { timeoutMs: 10_000 },
  );
}

describe('two meshes', () => {
  const first = useMesh({ ...ECHO_MESH, name: 'first' });

  it('stand side by side, each with its own addresses, configuration and authority', async () => {
    const second = await start({ ...ECHO_MESH, name: 'second' });
    expect(second.state.block).not.toBe(first().state.block);
    const closed = `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: echo, namespace: default}
spec:
  hosts: [echo]
  http:
  - fault: {abort: {httpStatus: 451, percentage: {value: 100}}}
    route: [{destination: {host: echo}}]
`;
    await second.write('closed.yaml', closed);
    expect((await second.call({ from: 'anna-v1', host: 'echo:8000' })).status).toBe(451);
    const { status, body } = await first().call({ from: 'anna-v1', host: 'echo:8000' });
    expect(status).toBe(200);
    expect(readEcho(body).workload).toBe('echo-v1');
    await second.stop();
    expect((await first().get('/')).status).toBe(200);
  });

  it('cannot have the same name', async () => {
    const result = await runCli({ args: ['up', '--name', 'first'], env: { QUINTET_HOME: first().home } });
    expect(result.code).toBe(1);
    expect(result.stderr.trimEnd()).toBe(
      `quintet: mesh "first" is running already (process ${first().up.pid}) (end it with: quintet down --name first)`,
    );
  });

  it('starts a service again that was killed, and says so', async () => {
    const mesh = first();
    const from = mesh.up.lines().length - 1;
    const before = await mesh.kill('mixer');
    expect(await mesh.up.line(/^mixer ended by SIGKILL/, { from })).toMatch(
      /again in [\d.]+ s; its log is .*mixer\.log$/,
    );
    await mesh.up.line(/^mixer is started again$/, { from });
    await mesh.ready('mixer');
    expect(mesh.pid('mixer')).not.toBe(before);
  });
});

describe('the end', () => {
  it('leaves nothing after Ctrl-C, also when it comes while the mesh starts', async () => {
    const { home, config, remove } = await makeMeshFolder(ECHO_MESH);
    cleanUp.push(remove);
    const up = startUp({ args: ['--config', config], env: { QUINTET_HOME: home } });
    const [, block = ''] = /127\.(\d+)\./.exec(await up.line(/has the addresses/)) ?? [];
    up.signal('SIGINT');
    expect(await up.ended).toBe(0);
    expect(processesOf(home)).toEqual([]);
    expect(leftListeners(Number(block))).toEqual([]);
  });

  it('leaves nothing running when the starter is killed', async () => {
    const mesh = await start(ECHO_MESH);
    expect(processesOf(mesh.home).length).toBeGreaterThan(10);
    mesh.up.signal('SIGKILL');
    expect(await mesh.up.ended).toBe('SIGKILL');
    await untilNothingIsLeft(mesh);
  });

  it('comes by `quintet down`, too', async () => {
    const mesh = await start(ECHO_MESH);
    const { code, stderr } = await mesh.quintet('down', '--name', 'test');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'quintet: mesh "test" has ended\n' });
    expect(await mesh.up.ended).toBe(0);
    expect(processesOf(mesh.home)).toEqual([]);
  });

  it('takes the state file along, and a start after a crash does not stumble over it', async () => {
    const mesh = await start(ECHO_MESH);
    mesh.up.signal('SIGKILL');
    await mesh.up.ended;
    await untilNothingIsLeft(mesh);
    const { code, stderr } = await mesh.quintet('proxy-status');
    expect(code).toBe(1);
    expect(stderr).toBe('quintet: mesh "test" is not running\n');
  });
});

describe('a start that cannot be', () => {
  const oneLine = (stderr: string): string[] =>
    stderr
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('quintet: '));

  it('names what is wrong in mesh.yaml, each with its path', async () => {
    const { code, stderr, config } = await failedUp({
      files: { 'mesh.yaml': 'workloads:\n- {name: A, prots: []}\n' },
    });
    expect(code).toBe(1);
    for (const line of oneLine(stderr)) expect(line).toContain(join(config, 'mesh.yaml'));
    expect(stderr).toContain('workloads[0].prots: unknown field');
    expect(stderr).toContain('workloads[0].name: "A" is not a DNS label');
  });

  it('says that mesh.yaml is no YAML', async () => {
    const { code, stderr, config } = await failedUp({ files: { 'mesh.yaml': 'workloads: [\n' } });
    expect(code).toBe(1);
    expect(oneLine(stderr)).toEqual([expect.stringContaining(`${join(config, 'mesh.yaml')}: `)]);
  });

  it('says that there is no mesh.yaml', async () => {
    const { code, stderr, config } = await failedUp({ omit: ['mesh.yaml'] });
    expect(code).toBe(65);
    expect(oneLine(stderr)).toEqual([`quintet: ${join(config, 'mesh.yaml')} cannot be read: ENOENT`]);
  });

  it('says that the configuration folder is none', async () => {
    const { code, stderr } = await failedUp({ args: ['--config', '/nonexistent'] });
    expect(code).toBe(65);
    expect(oneLine(stderr)).toEqual(['quintet: /nonexistent is not a folder']);
  });

  it.each(['ENVOY_BIN', 'NATS_SERVER_BIN'])(
    'names the program that %s says and is not there',
    async (name) => {
      const { code, stderr } = await failedUp({ env: { [name]: '/nonexistent' } });
      expect(code).toBe(1);
      const lines = oneLine(stderr);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(name);
      expect(lines[0]).toContain('/nonexistent');
    },
  );

  it('names the flag that is wrong', async () => {
    const { code, stderr } = await failedUp({ args: ['--confg', 'x'] });
    expect(code).toBe(64);
    expect(oneLine(stderr)).toEqual([expect.stringContaining('--confg')]);
  });

  it('names the port that is in use', async () => {
    const taken = await listenEverywhere();
    cleanUp.push(() => new Promise((resolve) => taken.server.close(resolve)));
    const files = {
      ...ECHO_MESH.files,
      'mesh.yaml': echoMesh.replaceAll('number: 9000', `number: ${taken.port}`),
    };
    const { code, stderr, home } = await failedUp({ ...ECHO_MESH, files });
    expect(code).toBe(1);
    const message = `127\\.\\d+\\.\\d+\\.\\d+:${taken.port}, wanted for [a-z0-9.-]+, is in use`;
    expect(oneLine(stderr)).toEqual([expect.stringMatching(message)]);
    expect(processesOf(home)).toEqual([]);
  });

  it('ends at once when a service does not understand its flags', async () => {
    const { code, stderr, home } = await failedUp({
      ...ECHO_MESH,
      files: { ...ECHO_MESH.files, 'mesh.yaml': `${echoMesh}flags: {pilot: [--nonsense]}\n` },
    });
    expect(code).toBe(1);
    expect(oneLine(stderr)).toEqual([
      expect.stringMatching(/pilot ended with exit code 2 \(.*--nonsense.*\)/),
    ]);
    expect(processesOf(home)).toEqual([]);
  });
});

/** Takes a free port on every address of this machine, as careless programs do. */
async function listenEverywhere(): Promise<{ readonly server: Server; readonly port: number }> {
  const port = await freePort('0.0.0.0');
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '0.0.0.0', () => resolve({ server, port }));
  });
}

describe('a warm start', () => {
  it('reaches the first page; how long it takes is said', async () => {
    const begin = performance.now();
    const mesh = await start({});
    const [, seconds = ''] = /^ *([\d.]+)s {2}the first page/m.exec(mesh.up.output()) ?? [];
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(mesh.up.output()).not.toMatch(/ ended |started again/);
    expect((await mesh.get('/productpage')).status).toBe(200);
    const whole = ((performance.now() - begin) / 1000).toFixed(1);
    process.stderr.write(
      `warm start: first page after ${seconds} s (target ${TARGET_S} s), all settled after ${whole} s\n`,
    );
    await mesh.stop();
  });
});
