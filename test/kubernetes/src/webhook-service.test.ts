import { writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { isNotFound } from '@quintet/kube';
import { customResourceDefinition, VIRTUAL_SERVICE } from '@quintet/model';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunningGalley, startGalley } from '../../../services/galley/src/testing/start-galley.ts';
import { askApi } from './ask-api.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CRDS, ENDPOINT_SLICES, NAMESPACES, REGISTRATIONS, SERVICES } from './kube-types.ts';
import { CERTIFICATE, createTlsFiles, KEY, ROOTS, type TlsFiles } from './tls-files.ts';

const OBJECTS_PATH = '/apis/networking.istio.io/v1alpha3/namespaces/shop/virtualservices';
const NAME = 'istio-galley';
const NAMESPACE = 'istio-system';
const WAIT = { timeoutMs: 20_000 };
const PORT_NAME = 'https-validation';

let plane: ControlPlane;
let tls: TlsFiles;
let folder: string;
let port: number;
/** Endpoints may not be loopback addresses. */
let address: string;
const ending: (() => unknown)[] = [];

beforeAll(async () => {
  address = addressOfThisMachine();
  // The API server goes to the endpoints itself: nobody here would carry packets from a Service to them.
  plane = await startControlPlane({ apiServerArgs: ['--enable-aggregator-routing'] });
  for (const name of [NAMESPACE, 'shop']) await plane.client.create(NAMESPACES, { metadata: { name } });
  const definition: JsonObject = JSON.parse(JSON.stringify(customResourceDefinition(VIRTUAL_SERVICE)));
  await plane.client.create(CRDS, definition);
  await eventually(() => plane.client.request({ method: 'GET', path: OBJECTS_PATH }), WAIT);
});
afterAll(() => plane?.stop());
beforeEach(async () => {
  const directory = await makeTempDir('webhook-service');
  ending.push(directory.remove);
  folder = directory.path;
  tls = await createTlsFiles({ dnsNames: [`${NAME}.${NAMESPACE}.svc`] });
  await tls.rotate(folder);
  await writeFile(join(folder, ROOTS), tls.rootPem);
  port = await freePort();
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  const object = { namespace: NAMESPACE, name: NAME };
  await plane.client.delete(REGISTRATIONS, { name: NAME }).catch(() => undefined);
  await plane.client.delete(ENDPOINT_SLICES, object).catch(() => undefined);
  await plane.client.delete(SERVICES, object).catch(() => undefined);
});

function addressOfThisMachine(): string {
  const all = Object.values(networkInterfaces()).flat();
  const own = all.find((each) => each?.family === 'IPv4' && !each.internal);
  if (own === undefined) throw new Error('this test needs an IPv4 address that is not a loopback one');
  return own.address;
}

/** Without a file: the registration that galley makes itself, which names the Service. */
async function start(): Promise<RunningGalley> {
  const galley = await startGalley([
    ...['--insecure', '--server-address=tcp://127.0.0.1:0', `--kubeconfig=${plane.kubeconfig}`],
    ...['--enable-validation', '--enable-reconcileWebhookConfiguration', `--validation-port=${port}`],
    `--validation-host=${address}`,
    `--validation.tls.clientCertificate=${join(folder, CERTIFICATE)}`,
    `--validation.tls.privateKey=${join(folder, KEY)}`,
    `--validation.tls.caCertificates=${join(folder, ROOTS)}`,
  ]);
  ending.push(galley.stop);
  return galley;
}

const createService = () =>
  plane.client.create(SERVICES, {
    metadata: { namespace: NAMESPACE, name: NAME },
    spec: { ports: [{ name: PORT_NAME, port: 443, targetPort: port }] },
  });
const sliceOf = (ready: boolean): JsonObject => ({
  metadata: { namespace: NAMESPACE, name: NAME, labels: { 'kubernetes.io/service-name': NAME } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [address], conditions: { ready } }],
  ports: [{ name: PORT_NAME, port, protocol: 'TCP' }],
});
const setReady = (ready: boolean) => {
  const body = { endpoints: [{ addresses: [address], conditions: { ready } }] };
  return plane.client.patch(ENDPOINT_SLICES, { namespace: NAMESPACE, name: NAME }, { type: 'merge', body });
};
const createSlice = (ready: boolean) => plane.client.create(ENDPOINT_SLICES, sliceOf(ready));
const deleteService = async () => {
  for (const type of [SERVICES, ENDPOINT_SLICES])
    await plane.client.delete(type, { namespace: NAMESPACE, name: NAME });
};

const present = async (): Promise<JsonObject | undefined> => {
  try {
    return (await plane.client.get(REGISTRATIONS, { name: NAME })).json;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};
const healthOf = ({ app }: RunningGalley) =>
  app.components
    .flatMap(({ checks = [] }) => checks)
    .find(({ name }) => name === 'webhook-registration')
    ?.check();
const waits = (galley: RunningGalley) =>
  eventually(
    () =>
      expect(healthOf(galley)).toEqual({
        state: 'degraded',
        detail: `Service ${NAMESPACE}/${NAME} has no address that is ready`,
      }),
    WAIT,
  );
const registered = () =>
  eventually(async () => {
    const caBundle = Buffer.from(tls.rootPem).toString('base64');
    const service = { namespace: NAMESPACE, name: NAME, port: 443 };
    const client = (path: string) => ({ clientConfig: { service: { ...service, path }, caBundle } });
    expect(await present()).toMatchObject({ webhooks: [client('/admitpilot'), client('/admitmixer')] });
  }, WAIT);

const create = async (name: string, hosts: readonly string[] = ['reviews']) => {
  const { status } = await askApi(plane.access, {
    method: 'POST',
    path: OBJECTS_PATH,
    body: {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'VirtualService',
      metadata: { namespace: 'shop', name },
      spec: { hosts: [...hosts], http: [{ route: [{ destination: { host: 'reviews' } }] }] },
    },
  });
  if (status === 201) await plane.client.request({ method: 'DELETE', path: `${OBJECTS_PATH}/${name}` });
  return status;
};
const answers = (status: number, hosts?: readonly string[]) =>
  eventually(async () => expect(await create('probe', hosts)).toBe(status), WAIT);
/** Refused by the API server since nobody answers for the webhook. */
const NOBODY_ANSWERS = 500;

describe('the webhook behind a Service', () => {
  it('is registered once the Service has an address that is ready, and asked through it', async () => {
    const galley = await start();
    await waits(galley);
    await createService();
    await createSlice(false);
    await waits(galley);
    expect(await present()).toBeUndefined();
    expect(await create('unjudged', ['a b'])).toBe(201);
    await setReady(true);
    await registered();
    await answers(400, ['a b']);
    await answers(201);
    expect(healthOf(galley)).toEqual({ state: 'ok' });
  });

  it('stays registered without its Service, is put right, and answers when that is back', async () => {
    await createService();
    await createSlice(true);
    const galley = await start();
    await registered();
    await answers(400, ['a b']);
    await deleteService();
    const before = await present();
    const [first, ...others] = Array.isArray(before?.webhooks) ? before.webhooks : [];
    const drifted = {
      ...(typeof first === 'object' && !Array.isArray(first) ? first : {}),
      clientConfig: { service: { namespace: NAMESPACE, name: 'other', path: '/', port: 443 } },
    };
    await plane.client.patch(
      REGISTRATIONS,
      { name: NAME },
      { type: 'merge', body: { webhooks: [drifted, ...others] } },
    );
    await registered();
    await galley.stop();
    await answers(NOBODY_ANSWERS);
    await createService();
    await createSlice(true);
    await start();
    await answers(201);
    await answers(400, ['a b']);
  });

  it('is not registered anew as long as its Service leads nowhere', async () => {
    await createService();
    await createSlice(true);
    const galley = await start();
    await registered();
    await setReady(false);
    await plane.client.delete(REGISTRATIONS, { name: NAME });
    await waits(galley);
    expect(await present()).toBeUndefined();
    await answers(201);
    await setReady(true);
    await registered();
  });
});
