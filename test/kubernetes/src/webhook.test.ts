import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isNotFound, type ResourceType } from '@quintet/kube';
import { customResourceDefinition, VIRTUAL_SERVICE } from '@quintet/model';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startGalley } from '../../../services/galley/src/testing/start-galley.ts';
import { askApi } from './ask-api.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CRDS, NAMESPACES, REGISTRATIONS } from './kube-types.ts';
import { CERTIFICATE, createTlsFiles, KEY, ROOTS, replaceFile, type TlsFiles } from './tls-files.ts';

const ROLES: ResourceType = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterroles',
  kind: 'ClusterRole',
  scope: 'cluster',
};
const SERVICES_PATH = '/apis/networking.istio.io/v1alpha3/namespaces/shop/virtualservices';
const NAME = 'istio-galley';
const WAIT = { timeoutMs: 20_000 };

let plane: ControlPlane;
let tls: TlsFiles;
let folder: string;
const ending: (() => unknown)[] = [];

beforeAll(async () => {
  plane = await startControlPlane();
  for (const name of ['istio-system', 'shop']) await plane.client.create(NAMESPACES, { metadata: { name } });
  await plane.client.create(ROLES, { metadata: { name: 'istio-galley-istio-system' }, rules: [] });
  const definition: JsonObject = JSON.parse(JSON.stringify(customResourceDefinition(VIRTUAL_SERVICE)));
  await plane.client.create(CRDS, definition);
  await eventually(() => plane.client.request({ method: 'GET', path: SERVICES_PATH }), WAIT);
});
afterAll(() => plane?.stop());
beforeEach(async () => {
  const directory = await makeTempDir('webhook');
  ending.push(directory.remove);
  folder = directory.path;
  tls = await createTlsFiles();
  await tls.rotate(folder);
  await writeFile(inFolder(ROOTS), tls.rootPem);
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  await plane.client.delete(REGISTRATIONS, { name: NAME }).catch(() => undefined);
});

const inFolder = (name: string) => join(folder, name);

/** The classic file, in v1beta1 as classic installations have it, with addresses instead of a Service. */
function registrationFile(port: number, failurePolicy?: string): string {
  return JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: NAME, labels: { app: 'galley' } },
    webhooks: [
      {
        name: 'pilot.validation.istio.io',
        clientConfig: { url: `https://127.0.0.1:${port}/admitpilot`, caBundle: '' },
        rules: [
          {
            operations: ['CREATE', 'UPDATE'],
            apiGroups: ['networking.istio.io'],
            apiVersions: ['*'],
            resources: ['*'],
          },
        ],
        ...(failurePolicy && { failurePolicy }),
      },
    ],
  });
}

async function start(flags: readonly string[] = ['--enable-validation']) {
  const port = await freePort();
  await writeFile(inFolder('registration.yaml'), registrationFile(port));
  const galley = await startGalley([
    ...['--insecure', '--server-address=tcp://127.0.0.1:0', `--kubeconfig=${plane.kubeconfig}`],
    ...['--enable-reconcileWebhookConfiguration', `--validation-port=${port}`, '--validation-host=127.0.0.1'],
    `--validation-webhook-config-file=${inFolder('registration.yaml')}`,
    `--validation.tls.clientCertificate=${inFolder(CERTIFICATE)}`,
    `--validation.tls.privateKey=${inFolder(KEY)}`,
    `--validation.tls.caCertificates=${inFolder(ROOTS)}`,
    ...flags,
  ]);
  ending.push(galley.stop);
  return { ...galley, port };
}

const present = async (): Promise<JsonObject> => (await plane.client.get(REGISTRATIONS, { name: NAME })).json;
const bundleIn = ({ webhooks }: JsonObject): JsonValue | undefined => {
  const [first] = Array.isArray(webhooks) ? webhooks : [];
  const config = isMap(first) ? first.clientConfig : undefined;
  const bundle = isMap(config) ? config.caBundle : undefined;
  return typeof bundle === 'string' ? Buffer.from(bundle, 'base64').toString() : bundle;
};
const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const route = { http: [{ route: [{ destination: { host: 'reviews' } }] }] };
const virtualService = (name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name },
  spec: { hosts: ['reviews'], ...route, ...spec },
});
const create = (name: string, spec: JsonObject = {}) =>
  askApi(plane.access, { method: 'POST', path: SERVICES_PATH, body: virtualService(name, spec) });
/** The API server takes a moment to follow a registration. */
const registered = () =>
  eventually(async () => {
    const { status } = await create('probe', { hosts: ['a b'] });
    if (status === 201) await plane.client.request({ method: 'DELETE', path: `${SERVICES_PATH}/probe` });
    return status === 400;
  }, WAIT);

describe('the webhook on an API server', () => {
  it('registers itself, refuses what is wrong, and warns of what is odd', async () => {
    await start();
    await registered();
    const role = await plane.client.get(ROLES, { name: 'istio-galley-istio-system' });
    expect(await present()).toMatchObject({
      metadata: {
        labels: { app: 'galley' },
        ownerReferences: [{ kind: 'ClusterRole', name: 'istio-galley-istio-system', uid: role.uid }],
      },
      webhooks: [
        {
          name: 'pilot.validation.istio.io',
          ...{ failurePolicy: 'Fail', sideEffects: 'None', admissionReviewVersions: ['v1', 'v1beta1'] },
        },
      ],
    });
    expect(bundleIn(await present())).toBe(tls.rootPem);
    expect(await create('good')).toEqual({ status: 201, message: '', warnings: [] });
    const bad = await create('bad', { http: [{ ...route.http[0], timeout: '-1s' }] });
    expect(bad.status).toBe(400);
    expect(bad.message).toMatch(/denied the request: configuration is invalid: spec\.http\[0\]\.timeout: /);
    const odd = await create('odd', { http: [{ ...route.http[0], timeuot: '5s' }] });
    expect(odd.status).toBe(201);
    expect(odd.warnings.join()).toContain('spec.http[0].timeuot: unknown field');
  });

  it('puts its registration right, whoever changed it', async () => {
    const { metrics } = await start();
    await registered();
    const before = await present();
    const [webhook] = Array.isArray(before.webhooks) ? before.webhooks : [];
    if (!isMap(webhook)) throw new Error('no webhook');
    const edits: readonly JsonObject[] = [
      { ...webhook, clientConfig: { url: 'https://127.0.0.1:1/' } },
      { ...webhook, rules: [] },
      { ...webhook, failurePolicy: 'Ignore' },
    ];
    for (const edited of edits) {
      const body = { webhooks: [edited] };
      await plane.client.patch(REGISTRATIONS, { name: NAME }, { type: 'merge', body });
      await eventually(async () => expect((await present()).webhooks).toEqual(before.webhooks), WAIT);
    }
    await plane.client.delete(REGISTRATIONS, { name: NAME });
    await eventually(async () => expect((await present()).webhooks).toEqual(before.webhooks), WAIT);
    expect(await metrics.text()).toContain('galley_validation_config_updates 5');
  });

  it('follows its file and its roots', async () => {
    const { port } = await start();
    await registered();
    await replaceFile(inFolder('registration.yaml'), registrationFile(port, 'Ignore'));
    await eventually(
      async () => expect(await present()).toMatchObject({ webhooks: [{ failurePolicy: 'Ignore' }] }),
      WAIT,
    );
    const next = await createTlsFiles();
    await replaceFile(inFolder(ROOTS), tls.rootPem + next.rootPem);
    await eventually(async () => expect(bundleIn(await present())).toBe(tls.rootPem + next.rootPem), WAIT);
  });

  it('refuses no good object while its certificate changes', async () => {
    const { metrics } = await start();
    await registered();
    const failed: unknown[] = [];
    let written = 0;
    let stopped = false;
    const stream = async (name: string) => {
      while (!stopped) {
        const answer = await create(`${name}-${written}`);
        written += 1;
        if (answer.status !== 201) failed.push(answer);
      }
    };
    const streams = [stream('a'), stream('b')];
    for (let rotation = 2; rotation <= 4; rotation++) {
      await tls.rotate(folder);
      await eventually(
        async () => (await metrics.text()).includes(`galley_validation_cert_key_updates ${rotation}`),
        WAIT,
      );
      const before = written;
      await eventually(() => written > before + 5, WAIT);
    }
    stopped = true;
    await Promise.all(streams);
    expect(failed).toEqual([]);
  });

  it('goes away when validation is switched off', async () => {
    const { stop } = await start();
    await registered();
    await stop();
    expect(await present()).toMatchObject({ kind: 'ValidatingWebhookConfiguration' });
    await start([]);
    await eventually(() => present().then(() => false as const, isNotFound), WAIT);
    expect((await create('bad-now', { hosts: ['a b'] })).status).toBe(201);
  });
});
