import { rename, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { createMetrics, systemClock } from '@quintet/runtime';
import { createMemoryLog, createTestCa, eventually, makeTempDir, type TestCa } from '@quintet/testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../metrics.ts';
import { createWebhook, type WebhookOptions } from './webhook.ts';

const cleanups: (() => unknown)[] = [];
let ca: TestCa;

beforeAll(async () => {
  ca = await createTestCa();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function writePair(folder: string): Promise<void> {
  const pair = await ca.issue({ spiffeId: 'spiffe://cluster.local/ns/istio-system/sa/galley' });
  for (const [name, text] of [
    ['cert-chain.pem', pair.certChainPem],
    ['key.pem', pair.keyPem],
  ] as const) {
    await writeFile(join(folder, `${name}.next`), text);
    await rename(join(folder, `${name}.next`), join(folder, name));
  }
}

async function start(options: Partial<WebhookOptions> = {}) {
  const directory = await makeTempDir('webhook');
  cleanups.push(directory.remove);
  await writePair(directory.path);
  const metrics = createMetrics();
  const log = createMemoryLog();
  const { components, server } = await createWebhook({
    address: '127.0.0.1:0',
    certFile: join(directory.path, 'cert-chain.pem'),
    keyFile: join(directory.path, 'key.pem'),
    identity: undefined,
    clientCaFile: undefined,
    alsoCheck: () => [],
    requestsPerSecond: 1000,
    metrics: metrics.create(METRICS),
    clock: systemClock,
    log,
    ...options,
  });
  for (const component of components) await component.start?.();
  cleanups.push(async () => {
    for (const component of [...components].reverse()) await component.stop?.(AbortSignal.timeout(1000));
  });
  return { folder: directory.path, log, metrics, ...caller(server.port()) };
}

type Call = {
  readonly path?: string;
  readonly method?: string;
  readonly type?: string;
  readonly agent?: Agent;
};

function caller(port: number) {
  const call = (
    body: string,
    { path = '/admitpilot', method = 'POST', type = 'application/json', agent }: Call = {},
  ) =>
    new Promise<{ status: number; text: string; fingerprint: string }>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path,
        method,
        ca: ca.rootPem,
        checkServerIdentity: () => undefined,
      };
      const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
      const question = request({ ...options, headers, agent: agent ?? false }, (reply) => {
        const { socket, statusCode = 0 } = reply;
        const fingerprint = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : '';
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        reply.on('end', () => resolve({ status: statusCode, text, fingerprint }));
      });
      question.on('error', reject);
      question.end(body);
    });
  return { call };
}

const review = (spec: object, version = 'v1') =>
  JSON.stringify({
    apiVersion: `admission.k8s.io/${version}`,
    kind: 'AdmissionReview',
    request: {
      uid: 'abc',
      kind: { group: 'networking.istio.io', version: 'v1beta1', kind: 'DestinationRule' },
      ...{ namespace: 'shop', name: 'a', operation: 'CREATE' },
      object: {
        apiVersion: 'networking.istio.io/v1beta1',
        kind: 'DestinationRule',
        metadata: { name: 'a' },
        spec,
      },
    },
  });

describe('the webhook', () => {
  it.each(['v1', 'v1beta1'])('answers in the version of the question: %s', async (version) => {
    const { call, metrics } = await start();
    const answer = async (spec: object) => JSON.parse((await call(review(spec, version))).text);
    expect(await answer({ host: 'a' })).toEqual({
      apiVersion: `admission.k8s.io/${version}`,
      kind: 'AdmissionReview',
      response: { uid: 'abc', allowed: true },
    });
    expect(await answer({ host: 'a', hots: 'b' })).toMatchObject({
      response: {
        uid: 'abc',
        allowed: true,
        warnings: [expect.stringContaining('spec.hots: unknown field')],
      },
    });
    expect(await answer({ host: '' })).toMatchObject({
      response: {
        ...{ uid: 'abc', allowed: false },
        status: { code: 400, message: expect.stringMatching(/^configuration is invalid: spec\.host: /) },
      },
    });
    const labels = 'group="networking.istio.io",version="v1beta1",resource="destinationrules"';
    const text = await metrics.text();
    expect(text).toContain(`galley_validation_passed{${labels}} 2`);
    expect(text).toContain(`galley_validation_failed{${labels},reason="invalid_resource"} 1`);
  });

  it('refuses what is no review, by status, and counts it', async () => {
    const { call, metrics } = await start();
    const status = async (body: string, options: Call = {}) => (await call(body, options)).status;
    expect(await status('{')).toBe(400);
    expect(await status('{}')).toBe(400);
    expect(await status('')).toBe(400);
    expect(await status(review({ host: 'a' }), { type: 'text/plain' })).toBe(415);
    expect(await status(review({ host: 'a' }), { type: 'application/yaml' })).toBe(415);
    expect(await status('', { method: 'GET' })).toBe(405);
    expect(await status(review({ host: 'a' }), { method: 'PUT' })).toBe(405);
    expect(await status(review({ host: 'a' }), { path: '/admit' })).toBe(404);
    expect(await status('', { path: '/ready', method: 'GET' })).toBe(200);
    expect(await metrics.text()).toContain('galley_validation_http_error{status="415"} 2');
  });

  it('refuses a body that is too large before it is parsed', async () => {
    const { call } = await start();
    const body = review({ host: 'x'.repeat(8 * 1024 * 1024) });
    // The connection is closed while the body is still on its way: either is seen.
    const outcome = await call(body).then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([413, 'closed']).toContain(outcome);
    expect((await call(review({ host: 'a' }))).status).toBe(200);
  });

  it('takes so many reviews in a second', async () => {
    const { call } = await start({ requestsPerSecond: 1 });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await call(review({ host: 'a' }))).status);
    expect(statuses.slice(0, 2)).toEqual([200, 200]);
    expect(statuses).toContain(429);
  });

  it('drops no request while its certificate changes', async () => {
    const { call, folder, metrics } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    cleanups.push(() => agent.destroy());
    const seen = new Set<string>();
    const failed: unknown[] = [];
    let stopped = false;
    const stream = async (options: Call) => {
      while (!stopped) {
        try {
          const { status, fingerprint } = await call(review({ host: 'a' }), options);
          if (status === 200) seen.add(fingerprint);
          else failed.push(status);
        } catch (error) {
          failed.push(error);
        }
      }
    };
    const streams = [stream({}), stream({}), stream({ agent })];
    for (let rotation = 2; rotation <= 4; rotation++) {
      await writePair(folder);
      await eventually(() => seen.size >= rotation);
    }
    stopped = true;
    await Promise.all(streams);
    expect(failed).toEqual([]);
    expect(await metrics.text()).toContain('galley_validation_cert_key_updates 4');
  });

  it('goes on with its certificate while the files are broken', async () => {
    const { call, folder, metrics } = await start();
    const before = await call(review({ host: 'a' }));
    await writeFile(join(folder, 'key.pem'), 'no key');
    await eventually(async () =>
      (await metrics.text()).includes('galley_validation_cert_key_update_errors 1'),
    );
    expect(await call(review({ host: 'a' }))).toEqual(before);
  });

  it('needs a certificate to begin with', async () => {
    const refused = (options: Partial<WebhookOptions>) => expect(start(options)).rejects;
    await refused({ keyFile: undefined }).toThrow('go together');
    await refused({ keyFile: undefined, certFile: undefined }).toThrow('has no certificate');
    await refused({ clientCaFile: '/none' }).toThrow('cannot read /none');
  });
});
