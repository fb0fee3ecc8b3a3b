import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { applyPatch } from '@quintet/proxy';
import { createMetrics, extendConfig, reportHealth, SERVICE_OPTIONS, systemClock } from '@quintet/runtime';
import { createMemoryLog, createTestCa, eventually, makeTempDir, type TestCa } from '@quintet/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createApp, type InjectorEnv } from './app.ts';
import { CONFIG } from './config.ts';

const NAME = 'spiffe://cluster.local/ns/istio-system/sa/istio-sidecar-injector-service-account';
const golden = (name: string) => new URL(`../testdata/plain-pod/${name}`, import.meta.url).pathname;
const plainPod = () => parse(readFileSync(golden('in.yaml'), 'utf8'));
const cleanups: (() => unknown)[] = [];
let ca: TestCa;
let folder: string;

beforeAll(async () => {
  ca = await createTestCa();
});
beforeEach(async () => {
  const directory = await makeTempDir('injector');
  folder = directory.path;
  cleanups.push(directory.remove);
  await writeCertificate();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const inFolder = (name: string) => join(folder, name);

/** As kubelets and editors do: what is half written is never seen. */
async function replaceFile(name: string, text: string): Promise<void> {
  await writeFile(inFolder(`${name}.next`), text);
  await rename(inFolder(`${name}.next`), inFolder(name));
}

async function writeCertificate() {
  const { certChainPem, keyPem } = await ca.issue({ spiffeId: NAME });
  await replaceFile('key.pem', keyPem);
  await replaceFile('cert-chain.pem', certChainPem);
}

async function start(flags: readonly string[] = []) {
  const argv = [
    `--tlsCertFile=${inFolder('cert-chain.pem')}`,
    `--tlsKeyFile=${inFolder('key.pem')}`,
    '--address=127.0.0.1',
    '--port=0',
    ...flags,
  ];
  const parsed = extendConfig(CONFIG, SERVICE_OPTIONS).parse('injector', { argv, env: {} });
  if (parsed.kind !== 'values') throw new Error(JSON.stringify(parsed));
  const log = createMemoryLog();
  const metrics = createMetrics();
  const shutdown = new AbortController().signal;
  const env: InjectorEnv = {
    ...{ name: 'injector', instance: 'test', version: 'test', config: parsed.values, log, metrics, shutdown },
    ...{ clock: systemClock, random: () => 0.5 },
  };
  const app = await createApp(env);
  cleanups.push(async () => {
    for (const component of [...app.components].reverse()) await component.stop?.(AbortSignal.timeout(1000));
  });
  for (const component of app.components) await component.start?.();
  const health = () => reportHealth(app.components.flatMap(({ checks = [] }) => checks));
  return { log, health, metrics, ...client(app.server.port()) };
}

type Reply = { readonly status: number; readonly text: string; readonly fingerprint: string };

/** The API server's side: HTTPS with the root of the webhook's certificate. */
function client(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanups.push(() => agent.destroy());
  const post = (body: string, options: { path?: string; type?: string; fresh?: boolean } = {}) =>
    new Promise<Reply>((resolve, reject) => {
      const { path = '/inject', type = 'application/json', fresh = false } = options;
      const question = httpsRequest(
        {
          ...{ host: '127.0.0.1', port, path, method: 'POST', agent: fresh ? false : agent },
          ...{ ca: ca.rootPem, checkServerIdentity: () => undefined },
          headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) },
        },
        (reply) => {
          const { socket } = reply;
          const fingerprint = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : '';
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () =>
            resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString(), fingerprint }),
          );
        },
      );
      question.on('error', reject);
      question.end(body);
    });
  const review = async (object: unknown, more: Record<string, unknown> = {}, apiVersion = 'v1') => {
    const question = {
      apiVersion: `admission.k8s.io/${apiVersion}`,
      kind: 'AdmissionReview',
      request: {
        uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        namespace: 'shop',
        operation: 'CREATE',
        object,
        ...more,
      },
    };
    const reply = await post(JSON.stringify(question));
    expect(reply.status).toBe(200);
    const answer = JSON.parse(reply.text);
    expect(answer).toMatchObject({ kind: 'AdmissionReview', response: { uid: question.request.uid } });
    return answer;
  };
  return { post, review };
}

const patchOf = (answer: { response: { patch: string } }) =>
  JSON.parse(Buffer.from(answer.response.patch, 'base64').toString());

describe('a review', () => {
  it.each(['v1', 'v1beta1'])(
    'of a plain pod in %s is answered with a patch that injects',
    async (version) => {
      const { review, log, metrics } = await start();
      const answer = await review(plainPod(), {}, version);
      expect(answer).toMatchObject({
        apiVersion: `admission.k8s.io/${version}`,
        response: { allowed: true, patchType: 'JSONPatch', auditAnnotations: { reason: 'policy' } },
      });
      const pod = applyPatch(plainPod(), patchOf(answer));
      await expect(stringify(pod, { lineWidth: 0 })).toMatchFileSnapshot(golden('injected.yaml'));
      expect(log.lines).toContainEqual(
        expect.objectContaining({
          message: 'injection decided',
          fields: expect.objectContaining({ namespace: 'shop', pod: 'web-7d4b9c6f5-*', outcome: 'injected' }),
        }),
      );
      const text = await metrics.text();
      expect(text).toContain('sidecar_injection_requests_total 1');
      expect(text).toContain('sidecar_injection_success_total 1');
    },
  );

  it('of what was injected changes nothing more', async () => {
    const { review } = await start();
    const pod = applyPatch(plainPod(), patchOf(await review(plainPod())));
    const { response } = await review(pod);
    expect(response).toMatchObject({ allowed: true, auditAnnotations: { reason: 'already-injected' } });
    expect(response).not.toHaveProperty('patch');
  });

  it.each([
    ['the network of the node', { spec: { hostNetwork: true, containers: [] } }, {}, 'host-network'],
    ['kube-system', 'not even a pod', { namespace: 'kube-system' }, 'system-namespace'],
    ['an update', { spec: { containers: [] } }, { operation: 'UPDATE' }, 'operation'],
    [
      'a pod that wants none',
      { metadata: { annotations: { 'sidecar.istio.io/inject': 'false' } }, spec: { containers: [] } },
      {},
      'annotation',
    ],
    [
      'the injector itself',
      { metadata: { labels: { istio: 'sidecar-injector' } }, spec: { containers: [] } },
      { namespace: 'istio-system' },
      'injector-itself',
    ],
  ])('of %s lets it in as it is', async (_, object, more, reason) => {
    const { review, metrics } = await start();
    const { response } = await review(object, more);
    expect(response).toMatchObject({ allowed: true, auditAnnotations: { outcome: 'skipped', reason } });
    expect(response).not.toHaveProperty('patch');
    expect(await metrics.text()).toContain('sidecar_injection_skip_total 1');
  });

  it.each([
    [
      'an annotation that is not understood',
      { metadata: { annotations: { 'sidecar.istio.io/interceptionMode': 'MAGIC' } }, spec: {} },
      {},
      'metadata.annotations["sidecar.istio.io/interceptionMode"]: found "MAGIC", expected REDIRECT or TPROXY or NONE',
    ],
    ['no pod', undefined, {}, 'request.object: expected a pod, found nothing'],
    ['containers that are none', { spec: { containers: 'x' } }, {}, 'spec.containers: expected a list'],
    [
      'another kind',
      {},
      { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } },
      'request.kind: expected v1 Pod, found apps/v1 Deployment',
    ],
  ])('of %s is refused, and says why', async (_, object, more, message) => {
    const { review, metrics } = await start();
    const { response } = await review(object, more);
    expect(response).toMatchObject({
      allowed: false,
      status: { code: 400, message: expect.stringContaining(message) },
    });
    expect(await metrics.text()).toContain('sidecar_injection_failure_total 1');
  });

  it('warns of what a pod asks for in vain', async () => {
    const { review } = await start();
    const annotations = { 'sidecar.istio.io/bootstrapOverride': 'mine' };
    const { response } = await review({ metadata: { annotations }, spec: { containers: [] } });
    expect(response.warnings).toEqual([
      'metadata.annotations["sidecar.istio.io/bootstrapOverride"]: the bootstrap of the proxy cannot be overridden',
    ]);
  });
});

describe('what is no review', () => {
  it.each([
    ['no JSON', '{', {}, 400, 'JSON'],
    ['nothing', '', {}, 400, ''],
    [
      'another document',
      '{"apiVersion":"v1","kind":"Pod"}',
      {},
      400,
      'apiVersion: expected admission.k8s.io/v1',
    ],
    [
      'a review without request',
      '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}',
      {},
      400,
      'request: expected a JSON object, found nothing',
    ],
    [
      'a review without uid',
      '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}',
      {},
      400,
      'request.uid: expected a text, found nothing',
    ],
    ['another type', '{}', { type: 'text/plain' }, 415, 'Unsupported Media Type'],
    ['YAML', 'a: b', { type: 'application/yaml' }, 415, 'Unsupported Media Type'],
    ['another page', '{}', { path: '/validate' }, 404, 'no such page'],
    ['too much', `"${'x'.repeat(4 * 1024 * 1024)}"`, {}, 413, 'too large'],
  ])('%s is refused', async (_, body, options, status, text) => {
    const { post } = await start();
    const reply = await post(body, options);
    expect(reply).toMatchObject({ status, text: expect.stringContaining(text) });
  });
});

describe('configuration', () => {
  const flags = () => [`--injectConfig=${inFolder('config')}`, `--injectValues=${inFolder('values')}`];

  it('is followed, and a broken one leaves the last good one in use', async () => {
    await replaceFile('config', 'policy: disabled\n');
    await replaceFile('values', 'global: { proxy: { image: "example.com/envoy:1" } }\n');
    const { review, log, health, metrics } = await start(flags());
    expect((await review(plainPod())).response).not.toHaveProperty('patch');

    await replaceFile('config', 'policy: enabled\n');
    await eventually(async () => 'patch' in (await review(plainPod())).response);

    await replaceFile('config', 'policy: perhaps\n');
    await eventually(async () => (await health()).state === 'degraded');
    expect((await review(plainPod())).response).toHaveProperty('patch');
    const detail = (await health()).checks.find(({ name }) => name === 'configuration')?.detail;
    expect(detail).toContain('policy: expected enabled or disabled, found "perhaps"');
    expect(detail).toContain(inFolder('config'));
    expect(log.lines.some(({ level, message }) => level === 'error' && message.includes('rejected'))).toBe(
      true,
    );
    expect(await metrics.text()).toContain('sidecar_injection_config_valid 0');

    await replaceFile('config', 'policy: enabled\n');
    await eventually(async () => (await health()).state === 'ok');
    expect(await metrics.text()).toContain('sidecar_injection_config_valid 1');
  });

  it('that is broken from the beginning ends the start', async () => {
    await replaceFile('config', 'policy: perhaps\n');
    await replaceFile('values', '');
    await expect(start(flags())).rejects.toThrow('expected enabled or disabled, found "perhaps"');
    await expect(start([`--meshConfig=${inFolder('absent')}`])).rejects.toThrow('cannot read');
  });

  it('that is plaintext wants a loopback address', async () => {
    await expect(start(['--insecure', '--address=0.0.0.0'])).rejects.toThrow('loopback addresses only');
  });
});

describe('the certificate', () => {
  it('is renewed while requests go on', async () => {
    const { post, review } = await start();
    const first = await post('{}', { fresh: true });
    await review(plainPod());
    await writeCertificate();
    const renewed = await eventually(async () => {
      // The connection from before is still good, all the while.
      await review(plainPod());
      const { fingerprint } = await post('{}', { fresh: true });
      return fingerprint !== first.fingerprint && fingerprint;
    });
    expect(renewed).not.toBe(first.fingerprint);
  });

  it('that is broken leaves the one in use', async () => {
    const { post, health } = await start();
    const { fingerprint } = await post('{}', { fresh: true });
    await replaceFile('key.pem', 'no key');
    await eventually(async () => (await health()).state === 'degraded');
    expect((await post('{}', { fresh: true })).fingerprint).toBe(fingerprint);
  });

  it('of clients is asked for when their root is configured', async () => {
    await replaceFile('clients.pem', (await createTestCa()).rootPem);
    const { post } = await start([`--client-ca-file=${inFolder('clients.pem')}`]);
    await expect(post('{}')).rejects.toThrow();
  });
});
