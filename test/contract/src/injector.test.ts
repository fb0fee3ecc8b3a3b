import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestCa, freePort, makeTempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningService, serve } from './run-quintet.ts';

let injector: RunningService;
let port: number;
let root: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const temp = await makeTempDir();
  remove = temp.remove;
  const ca = await createTestCa();
  root = ca.rootPem;
  const { certChainPem, keyPem } = await ca.issue({
    spiffeId: 'spiffe://cluster.local/ns/istio-system/sa/injector',
  });
  await writeFile(join(temp.path, 'cert.pem'), certChainPem);
  await writeFile(join(temp.path, 'key.pem'), keyPem);
  port = await freePort();
  injector = await serve('injector', [
    ...['--tlsCertFile', join(temp.path, 'cert.pem'), '--tlsKeyFile', join(temp.path, 'key.pem')],
    ...['--address', '127.0.0.1:9443', '--port', String(port), '--reconcileWebhookConfig=false'],
  ]);
  await injector.ready();
});
afterAll(async () => {
  expect(await injector.stop()).toBe(0);
  await remove();
});

async function review(pod: object): Promise<{ status: number | undefined; answer: { response: Review } }> {
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'one',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'shop',
      operation: 'CREATE',
      object: pod,
    },
  });
  const headers = { 'content-type': 'application/json' };
  const tls = { ca: root, checkServerIdentity: () => undefined };
  return new Promise((done, fail) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/inject', method: 'POST', headers, ...tls },
      (response) => {
        text(response).then((json) => done({ status: response.statusCode, answer: JSON.parse(json) }), fail);
      },
    );
    call.on('error', fail);
    call.end(body);
  });
}

type Review = {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patchType?: string;
  readonly patch?: string;
};

const pod = (annotations: Record<string, string>) => {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart', namespace: 'shop', annotations },
    spec: { containers: [{ name: 'cart', image: 'cart:1' }] },
  };
};

describe('the injector on its own', () => {
  it('answers a review over HTTPS with a patch that adds the proxy', async () => {
    const { status, answer } = await review(pod({}));
    expect(status).toBe(200);
    expect(answer).toMatchObject({ response: { uid: 'one', allowed: true, patchType: 'JSONPatch' } });
    const patch = Buffer.from(answer.response.patch ?? '', 'base64').toString();
    expect(patch).toContain('istio-proxy');
    expect(patch).toContain('sidecar.istio.io~1status');
  });

  it('leaves a pod alone that asks for it', async () => {
    const { answer } = await review(pod({ 'sidecar.istio.io/inject': 'false' }));
    expect(answer.response).toMatchObject({ allowed: true });
    expect(answer.response.patch).toBeUndefined();
  });
});
