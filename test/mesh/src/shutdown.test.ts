import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { ECHO_MESH } from './apps/echo-mesh.ts';
import { httpCall } from './harness/http-call.ts';
import { streamFromNodeAgent, streamFromPilot } from './harness/stream-clients.ts';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh(ECHO_MESH);

const LIMIT_MS = 5000;
const SERVICES = ['citadel', 'galley', 'pilot', 'mixer', 'injector', 'nodeagent'] as const;

function logOf(name: string): string {
  return readFileSync(join(mesh().state.folder, 'logs', `${name}.log`), 'utf8');
}

/** What is written to a log after `act`, as soon as it holds `wanted`. */
async function loggedAfter(name: string, wanted: RegExp, act: () => Promise<void>): Promise<string> {
  const before = logOf(name).length;
  await act();
  return eventually(
    () => {
      const added = logOf(name).slice(before);
      if (!wanted.test(added)) throw new Error(`no ${wanted} in the log of ${name}: ${added}`);
      return added;
    },
    { timeoutMs: 20_000 },
  );
}

/** Waits until a reader of galley is connected to it: away from it it is ready, and says so. */
async function connected(reader: string): Promise<void> {
  const url = `http://${mesh().state.addresses[reader]}:15014/readyz`;
  await eventually(async () => (await httpCall({ url })).body === 'ok\n', {
    timeoutMs: 20_000,
    everyMs: 100,
  });
}

/** Ends a service as a supervisor does and waits until it runs again. */
async function restart(service: string): Promise<void> {
  await mesh().kill(service, 'SIGTERM');
  await mesh().ready(service);
}

describe('SIGTERM', () => {
  it.each(SERVICES)('ends %s in time, with exit code 0', async (service) => {
    const from = mesh().up.lines().length - 1;
    const start = performance.now();
    await mesh().kill(service, 'SIGTERM');
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);
    expect(await mesh().up.line(new RegExp(`^${service} ended`), { from })).toContain('with exit code 0');
    await mesh().ready(service);
    await mesh().settled();
  });

  it.each([
    ['pilot', streamFromPilot],
    ['nodeagent', streamFromNodeAgent],
  ])('of %s ends its streams with a status, and the Envoys hear of no reset', async (service, open) => {
    const before = logOf('anna-v1.default-envoy').length;
    const stream = await open(mesh(), 'anna-v1');
    await restart(service);
    expect(await stream.ended).toMatch(/14 UNAVAILABLE: the server is shutting down/);
    await mesh().settled();
    const added = logOf('anna-v1.default-envoy').slice(before);
    expect(added).not.toMatch(/closed: 13|connection_termination/);
  });

  it.each(['pilot', 'mixer'])('of galley tells %s that it is going', async (reader) => {
    const stream = /ResourceSource/;
    await connected(reader);
    const added = await loggedAfter(reader, stream, () => restart('galley'));
    const [first = ''] = added.split('\n').filter((line) => stream.test(line));
    expect(first).toMatch(/14 UNAVAILABLE: the server is shutting down/);
    await mesh().settled();
  });

  it('of any service interrupts no request', async () => {
    let failed = 0;
    let done = false;
    const asking = (async () => {
      while (!done) {
        const { status } = await mesh().call({ from: 'anna-v1', host: 'echo:8000' });
        if (status !== 200) failed += 1;
      }
    })();
    for (const service of SERVICES) await restart(service);
    done = true;
    await asking;
    expect(failed).toBe(0);
  });
});

describe('all of it', () => {
  it('ends in time when `up` gets SIGTERM', async () => {
    await mesh().settled();
    const start = performance.now();
    mesh().up.signal('SIGTERM');
    expect(await mesh().up.ended).toBe(0);
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);
    for (const service of SERVICES) expect(logOf(service).trimEnd().split('\n').at(-1)).toContain('"ended"');
  });
});
