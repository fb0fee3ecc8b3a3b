import { chmod, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { eventually, freePort, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBaseImages, findEngine, isCi, ROOT, stopEngine } from './engine.ts';
import { mustRun, runCommand } from './run-command.ts';

const MINUTE_MS = 60_000;
const engine = await findEngine();
if (!engine.ok) {
  process.stderr.write(`\n*** docker-compose.yml IS NOT TESTED: ${engine.why}\n\n`);
}

describe('an engine for the tests of docker-compose.yml', () => {
  it.runIf(isCi())('is here', () => {
    expect(engine).toMatchObject({ ok: true });
  });
});

describe.runIf(engine.ok)('docker compose up --wait', () => {
  const project = `quintet-test-${process.pid}`;
  let directory: TempDir;
  let env: Record<string, string>;
  let page: string;

  const compose = (...args: string[]) => ['docker', 'compose', '--project-name', project, ...args];
  const run = (args: readonly string[], minutes = 5) =>
    mustRun(compose(...args), { cwd: ROOT, env, timeoutMs: minutes * MINUTE_MS });

  beforeAll(async () => {
    directory = await makeTempDir('compose');
    await cp(join(ROOT, 'deploy/local/config'), directory.path, { recursive: true });
    // Containers read it as another user.
    await chmod(directory.path, 0o755);
    const port = await freePort();
    page = `http://127.0.0.1:${port}/productpage`;
    const hasBuildKit = (await runCommand(['docker', 'buildx', 'version'])).code === 0;
    env = {
      QUINTET_PORT: String(port),
      QUINTET_NETWORK: `172.${20 + (process.pid % 7)}`,
      QUINTET_CONFIG: directory.path,
      ...(!hasBuildKit && {
        DOCKER_BUILDKIT: '0',
        QUINTET_BUILD_NETWORK: process.env.QUINTET_BUILD_NETWORK ?? 'host',
      }),
    };
    await ensureBaseImages();
    await run(['build'], 20);
    const up = await runCommand(compose('up', '--wait', '--wait-timeout', '300'), {
      cwd: ROOT,
      env,
      timeoutMs: 8 * MINUTE_MS,
    });
    if (up.code !== 0) {
      const logs = await runCommand(compose('logs', '--tail', '15'), { cwd: ROOT, env });
      throw new Error(`docker compose up ended with ${up.code}:\n${up.output}\n${logs.output}`);
    }
  }, 60 * MINUTE_MS);

  afterAll(async () => {
    await runCommand(compose('down', '--volumes', '--timeout', '5'), {
      cwd: ROOT,
      env,
      timeoutMs: 3 * MINUTE_MS,
    });
    await directory.remove();
    await stopEngine(engine);
  }, 5 * MINUTE_MS);

  const get = async () => {
    const answer = await fetch(page);
    return { status: answer.status, text: await answer.text() };
  };

  it('shows the page', async () => {
    const { status, text } = await get();
    expect(status).toBe(200);
    for (const service of ['productpage', 'details', 'reviews']) {
      expect(text).toContain(`data-service="${service}"`);
    }
  });

  it('has every container healthy', async () => {
    const lines = (await run(['ps', '--all', '--format', '{{.Service}} {{.Health}}'])).trim().split('\n');
    expect(lines.filter((line) => !line.endsWith(' healthy'))).toEqual([]);
    expect(lines).toHaveLength(21);
  });

  it(
    'takes a change of the configuration',
    async () => {
      const file = join(directory.path, 'bookinfo.yaml');
      const before = await readFile(file, 'utf8');
      await writeFile(file, `${before}\n${DETAILS_FAIL}`);
      await eventually(async () => (await get()).text.includes(DETAILS_MISSING), {
        timeoutMs: 20_000,
      });
      await writeFile(file, before);
      await eventually(async () => !(await get()).text.includes(DETAILS_MISSING), {
        timeoutMs: 20_000,
      });
    },
    MINUTE_MS,
  );

  it(
    'goes on while the control plane starts anew in another order',
    async () => {
      const services = ['nodeagent', 'mixer', 'pilot', 'galley', 'citadel', 'nats', 'injector'];
      for (const service of services) {
        await run(['restart', '--timeout', '5', service]);
        expect(await get()).toMatchObject({ status: 200 });
      }
      await run(['up', '--wait', '--wait-timeout', '180', '--no-build']);
      expect(await get()).toMatchObject({ status: 200 });
    },
    6 * MINUTE_MS,
  );
});

const DETAILS_MISSING = 'The details cannot be shown';
const DETAILS_FAIL = `---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: details-of-the-test }
spec:
  hosts: [details]
  http:
    - fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }
      route: [{ destination: { host: details } }]
`;
