import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import type { ResourceType } from '@quintet/kube';
import { GATEWAY, type Kind, VIRTUAL_SERVICE } from '@quintet/model';
import { certificatePem, createSelfSignedRoot, generateKeyPair, privateKeyPem } from '@quintet/pki';
import { eventually, makeTempDir } from '@quintet/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../services/cli/src/testing/run-command.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CRDS, crdOf, NAMESPACES, SECRETS, SERVICES } from './kube-types.ts';

const READER = 'reader';
let plane: ControlPlane;
let folder = '';

const typeOf = (kind: Kind): ResourceType => ({ ...kind, version: kind.versions[0] ?? '' });

async function create(type: ResourceType, name: string, spec: JsonObject): Promise<void> {
  await plane.client.create(type, {
    apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { namespace: 'shop', name },
    spec,
  });
}

const routeTo = (host: string): JsonObject => ({
  hosts: ['page'],
  http: [{ route: [{ destination: { host } }] }],
});

beforeAll(async () => {
  plane = await startControlPlane({ users: [READER] });
  folder = (await makeTempDir('analyze')).path;
  await writeFile(join(folder, 'reader.kubeconfig'), plane.kubeconfigOf(READER));
  const labels = { 'istio-injection': 'enabled' };
  await plane.client.create(NAMESPACES, { metadata: { name: 'shop', labels } });
  // All other kinds stay unknown to this cluster: a missing kind is no mistake.
  for (const kind of [VIRTUAL_SERVICE, GATEWAY]) {
    await plane.client.create(CRDS, crdOf(typeOf(kind)));
    await eventually(() => plane.client.list(typeOf(kind)), { timeoutMs: 15_000 });
  }
  await create(SERVICES, 'reviews', { ports: [{ name: 'http', port: 80 }] });
  await create(typeOf(VIRTUAL_SERVICE), 'page', routeTo('gone'));
});
afterAll(() => plane?.stop());

const DAY_MS = 86_400_000;

/** Makes a TLS Secret whose certificate ends in so many days; answers a line of its key. */
async function createSecret(name: string, days: number): Promise<string> {
  const keyPair = await generateKeyPair({ type: 'ec' });
  const now = Date.now();
  const certificate = createSelfSignedRoot({
    ...{ keyPair, organization: 'shop', serial: Buffer.alloc(16, days) },
    ...{ notBefore: now - DAY_MS, notAfter: now + days * DAY_MS },
  });
  const coded = (text: string) => Buffer.from(text).toString('base64');
  const key = privateKeyPem(keyPair);
  await plane.client.create(SECRETS, {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls' },
    metadata: { namespace: 'shop', name },
    data: { 'tls.crt': coded(certificatePem(certificate)), 'tls.key': coded(key) },
  });
  return key.split('\n')[1] ?? '';
}

const analyze = (...args: string[]) =>
  runCommand(
    [
      'analyze',
      '--use-kube',
      '--kubeconfig',
      plane.kubeconfig,
      '--suppress',
      'IST0102=Namespace default',
      ...args,
    ],
    {
      cwd: folder,
    },
  );

describe('quintet analyze --use-kube', () => {
  it('finds what is wrong in the cluster, whatever kinds it lacks', async () => {
    expect(await analyze()).toEqual({
      code: 79,
      out: 'Error [IST0101] (VirtualService page.shop) Referenced host not found: "gone"\n',
      err: 'Error: Analyzers found issues when analyzing all namespaces.\nSee docs/reference/issues.md for what the codes mean and what to do.\n',
    });
  });

  it("takes a file's object before the cluster's of the same name", async () => {
    const file = `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: page, namespace: shop}
spec: {hosts: [page], http: [{route: [{destination: {host: reviews}}]}]}
`;
    await writeFile(join(folder, 'page.yaml'), file);
    expect(await analyze('page.yaml')).toMatchObject({ code: 0, out: '' });
    await writeFile(join(folder, 'page.yaml'), file.replace('reviews', 'none'));
    expect((await analyze('page.yaml')).out).toBe(
      'Error [IST0101] (VirtualService page.shop page.yaml:4) Referenced host not found: "none"\n',
    );
  });

  it('shows findings of one namespace when asked', async () => {
    expect((await analyze('-n', 'shop')).code).toBe(79);
    expect(await analyze('-n', 'other')).toMatchObject({ code: 0, out: '' });
    expect((await analyze('-n', 'other', '-A')).code).toBe(79);
  });

  it('tells of certificates in Secrets that end soon, named by gateways of the cluster or of a file', async () => {
    const gatewayOf = (credentialName: string) => ({
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['*'],
          tls: { mode: 'SIMPLE', credentialName },
        },
      ],
    });
    const keys = await Promise.all([3, 5, 400].map((days) => createSecret(`ends-in-${days}`, days)));
    await create(typeOf(GATEWAY), 'web', gatewayOf('ends-in-3'));
    await create(typeOf(GATEWAY), 'later', gatewayOf('ends-in-400'));
    const file = {
      ...{ apiVersion: 'networking.istio.io/v1alpha3', kind: 'Gateway' },
      ...{ metadata: { name: 'new', namespace: 'shop' }, spec: gatewayOf('ends-in-5') },
    };
    await writeFile(join(folder, 'new.json'), JSON.stringify(file));
    const expiring = (text: string) => text.split('\n').filter((line) => line.includes('QTT4014'));
    const inCluster = await analyze();
    expect(expiring(inCluster.out)).toEqual([
      expect.stringMatching(
        /^Warning \[QTT4014\] \(Secret ends-in-3\.shop\) The certificate of Gateway shop\/web expires on .*, in 3 days$/,
      ),
    ]);
    const both = await analyze('new.json');
    expect(expiring(both.out)).toEqual([
      expect.stringContaining('(Secret ends-in-3.shop)'),
      expect.stringMatching(
        /\(Secret ends-in-5\.shop\) The certificate of Gateway shop\/new expires on .*, in 5 days$/,
      ),
    ]);
    for (const key of keys) expect(JSON.stringify([inCluster, both])).not.toContain(key);
    for (const name of ['web', 'later'])
      await plane.client.delete(typeOf(GATEWAY), { namespace: 'shop', name });
  });

  it('warns of what may not be listed, and goes on', async () => {
    const { code, err } = await analyze('--kubeconfig', 'reader.kubeconfig');
    expect(err).toContain('quintet: virtualservices cannot be listed, the analysis goes without them: ');
    expect(err).toContain('quintet: services cannot be listed');
    expect(code).toBe(0);
  });

  it('says when there is no such kubeconfig', async () => {
    expect(await analyze('--kubeconfig', 'none')).toMatchObject({ code: 65, out: '' });
  });
});
