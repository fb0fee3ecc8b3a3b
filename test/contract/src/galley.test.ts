import { cp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { create, fromBinary } from '@bufbuild/protobuf';
import {
  type RequestResources,
  RequestResourcesSchema,
  ResourceSource,
  type Resources,
} from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { ServiceEntrySchema } from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { VirtualServiceSchema } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { createChannel, createClient, createQueue } from '@quintet/runtime';
import { freePort, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLASSIC_MIXER_COLLECTIONS, CLASSIC_PILOT_COLLECTIONS } from './classic-collections.ts';
import { type RunningService, serve } from './run-quintet.ts';

const UNREALISED = resolve(import.meta.dirname, '../testdata/configuration/unrealised');
const VIRTUAL_SERVICES = 'istio/networking/v1alpha3/virtualservices';
const DESTINATION_RULES = 'istio/networking/v1alpha3/destinationrules';

const virtualService = (name: string, host: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: VirtualService\nmetadata: {name: ${name}, namespace: shop, labels: {team: a}}\nspec:\n  hosts: [${host}]\n  http:\n  - route:\n    - destination: {host: ${host}}\n`;

const SYNTHETIC = 'istio/networking/v1alpha3/synthetic/serviceentries';
const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\n' +
  'spec: {clusterIP: 10.0.0.9, ports: [{name: http, port: 80, targetPort: 8080}]}\n';
const slice = (address: string): string =>
  'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n' +
  'metadata: {name: cart-1, namespace: shop, labels: {kubernetes.io/service-name: cart}}\n' +
  `addressType: IPv4\nports: [{name: http, port: 8080}]\nendpoints: [{addresses: [${address}]}]\n`;

/** The one entry of a response: where it leads, and its two versions. */
function entryOf({ resources: [resource] }: Resources) {
  const { hosts, endpoints } = fromBinary(ServiceEntrySchema, resource?.body?.value ?? new Uint8Array());
  const annotations = new Map(Object.entries(resource?.metadata?.annotations ?? {}));
  const version = (which: string) => [...annotations].find(([key]) => key.endsWith(`/${which}Version`))?.[1];
  const addresses = endpoints.map(({ address }) => address);
  return { hosts, entry: { addresses, service: version('service'), endpoints: version('endpoints') } };
}

let temp: TempDir;
let galley: RunningService;
let port: number;

beforeAll(async () => {
  temp = await makeTempDir();
  port = await freePort();
  await writeFile(join(temp.path, 'a.yaml'), virtualService('a', 'reviews'));
  await writeFile(join(temp.path, 'mesh'), 'trustDomain: example.org\n');
  galley = await serve('galley', [
    ...['--configPath', temp.path, '--meshConfigFile', join(temp.path, 'mesh')],
    ...['--insecure', '--server-address', `tcp://127.0.0.1:${port}`],
    ...['--enable-validation=false', '--log_output_level', 'default:info', '--ctrlz_port', '9876'],
  ]);
  await galley.ready();
});
afterAll(async () => {
  expect(await galley.stop()).toBe(0);
  await temp.remove();
});

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

type Request = {
  readonly collection: string;
  readonly responseNonce?: string;
  readonly incremental?: boolean;
  readonly initialResourceVersions?: Record<string, string>;
  readonly errorDetail?: { readonly code: number; readonly message: string };
};

/** A sink that speaks the protocol by hand. */
function connect(to = port) {
  const channel = createChannel({ address: `127.0.0.1:${to}` });
  const requests = createQueue<RequestResources>();
  const stop = new AbortController();
  cleanups.push(() => {
    stop.abort();
    channel.close();
  });
  const client = createClient(ResourceSource, channel);
  const responses = client.establishResourceStream(requests, { signal: stop.signal })[Symbol.asyncIterator]();
  const sinkNode = { id: 'sink', annotations: { CLUSTER: 'one' } };
  const send = (request: Request) => requests.push(create(RequestResourcesSchema, { sinkNode, ...request }));
  return {
    send,
    acknowledge: ({ collection, nonce, incremental }: Resources) =>
      send({ collection, responseNonce: nonce, incremental }),
    async next(): Promise<Resources> {
      const { value }: IteratorResult<Resources, undefined> = await responses.next();
      if (value === undefined) throw new Error('the stream has ended');
      return value;
    },
  };
}

const namesOf = ({ resources }: Resources) => resources.map(({ metadata }) => metadata?.name).sort();

describe('a sink of full sets', () => {
  it('gets a collection, acknowledges it, and gets it whole again when it changes', async () => {
    const sink = connect();
    sink.send({ collection: VIRTUAL_SERVICES });
    const first = await sink.next();
    expect(first).toMatchObject({ collection: VIRTUAL_SERVICES, nonce: '1', incremental: false });
    expect(first.systemVersionInfo).not.toBe('');
    expect(first.resources[0]?.metadata).toMatchObject({ name: 'shop/a', labels: { team: 'a' } });
    const body = first.resources[0]?.body;
    expect(body?.typeUrl).toBe('type.googleapis.com/istio.networking.v1alpha3.VirtualService');
    expect(fromBinary(VirtualServiceSchema, body?.value ?? new Uint8Array())).toMatchObject({
      hosts: ['reviews'],
    });
    sink.acknowledge(first);
    await writeFile(join(temp.path, 'b.yaml'), virtualService('b', 'ratings'));
    const second = await sink.next();
    expect(namesOf(second)).toEqual(['shop/a', 'shop/b']);
    expect(second.systemVersionInfo).not.toBe(first.systemVersionInfo);
  });

  it('gets the mesh configuration of the file', async () => {
    const sink = connect();
    sink.send({ collection: 'istio/mesh/v1alpha1/MeshConfig' });
    const { resources } = await sink.next();
    expect(resources).toHaveLength(1);
    const mesh = fromBinary(MeshConfigSchema, resources[0]?.body?.value ?? new Uint8Array());
    expect(mesh).toMatchObject({ trustDomain: 'example.org' });
  });

  it('that is ignored when its answer is stale, and told that it refused', async () => {
    const sink = connect();
    sink.send({ collection: VIRTUAL_SERVICES });
    const first = await sink.next();
    sink.send({ collection: VIRTUAL_SERVICES, responseNonce: 'never-sent' });
    sink.send({
      collection: VIRTUAL_SERVICES,
      responseNonce: first.nonce,
      errorDetail: { code: 3, message: 'bad' },
    });
    // A refused set is not sent again; the next answer is that of another collection.
    sink.send({ collection: DESTINATION_RULES });
    expect(await sink.next()).toMatchObject({ collection: DESTINATION_RULES, nonce: '2', resources: [] });
    const metrics = await (await fetch(`http://${galley.admin}/metrics`)).text();
    expect(metrics).toMatch(/istio_mcp_request_nacks_total\{[^}]*virtualservices"[^}]*\} 1/);
  });
});

describe('an incremental sink', () => {
  it('gets changes and removals, and on a new stream only what it does not have', async () => {
    await writeFile(join(temp.path, 'c.yaml'), virtualService('c', 'cart'));
    const before = connect();
    before.send({ collection: VIRTUAL_SERVICES, incremental: true });
    let all = await before.next();
    while (!namesOf(all).includes('shop/c')) {
      before.acknowledge(all);
      all = await before.next();
    }
    expect(all.incremental).toBe(true);
    before.acknowledge(all);
    await writeFile(join(temp.path, 'c.yaml'), virtualService('d', 'cart'));
    const change = await before.next();
    expect(namesOf(change)).toEqual(['shop/d']);
    expect(change.removedResources).toEqual(['shop/c']);

    const after = connect();
    const initialResourceVersions = {
      'shop/d': change.resources[0]?.metadata?.version ?? '',
      'shop/gone': '1',
    };
    after.send({ collection: VIRTUAL_SERVICES, incremental: true, initialResourceVersions });
    const rest = await after.next();
    expect(namesOf(rest)).not.toContain('shop/d');
    expect(rest.removedResources).toEqual(['shop/gone']);
  });
});

describe('a classic pilot that reads services from galley', () => {
  it('gets them as synthetic entries, changes only, on a stream of their own', async () => {
    await writeFile(join(temp.path, 'services.yaml'), `${SERVICE}---\n${slice('10.1.0.1')}`);
    const sink = connect();
    sink.send({ collection: SYNTHETIC, incremental: true });
    let response = await sink.next();
    while (response.resources.length === 0) {
      sink.acknowledge(response);
      response = await sink.next();
    }
    const { hosts, entry: before } = entryOf(response);
    expect([hosts, before?.addresses]).toEqual([['cart.shop.svc.cluster.local'], ['10.1.0.1']]);
    sink.acknowledge(response);
    await writeFile(join(temp.path, 'services.yaml'), `${SERVICE}---\n${slice('10.1.0.2')}`);
    const { entry: after } = entryOf(await sink.next());
    expect(after?.addresses).toEqual(['10.1.0.2']);
    // What the sink tells a change of endpoints from a change of the service by.
    expect(after?.service).toBe(before?.service);
    expect(after?.endpoints).not.toBe(before?.endpoints);
  });
});

describe('what a classic pilot realises and ours does not', () => {
  it('is handed out', async () => {
    const file = join(temp.path, 'unrealised.yaml');
    await cp(join(UNREALISED, 'envoy-filter.yaml'), file);
    const sink = connect();
    sink.send({ collection: 'istio/networking/v1alpha3/envoyfilters' });
    let response = await sink.next();
    while (response.resources.length === 0) {
      sink.acknowledge(response);
      response = await sink.next();
    }
    expect(namesOf(response)).toEqual(['shop/lua']);
    await rm(file);
  });
});

describe('a galley that is told to hand out full sets only', () => {
  it('does so whatever the sink asks for', async () => {
    const own = await freePort();
    const plain = await serve('galley', [
      ...['--configPath', temp.path, '--insecure', '--server-address', `127.0.0.1:${own}`],
      '--enable-incremental=false',
    ]);
    try {
      await plain.ready();
      const sink = connect(own);
      const initialResourceVersions = { 'shop/gone': '1' };
      sink.send({ collection: VIRTUAL_SERVICES, incremental: true, initialResourceVersions });
      const response = await sink.next();
      expect([response.incremental, response.removedResources]).toEqual([false, []]);
      expect(namesOf(response)).toContain('shop/a');
    } finally {
      await plain.stop();
    }
  });
});

describe('a classic component', () => {
  it.each([
    ['pilot', CLASSIC_PILOT_COLLECTIONS],
    ['mixer', CLASSIC_MIXER_COLLECTIONS],
  ])(
    '%s asks for all its collections at once and has an answer to each, empty ones too',
    async (_, collections) => {
      const sink = connect();
      for (const collection of collections) sink.send({ collection });
      const answered = new Set<string>();
      while (answered.size < collections.length) {
        const response = await sink.next();
        sink.acknowledge(response);
        answered.add(response.collection);
      }
      expect([...answered].sort()).toEqual([...collections].sort());
    },
  );

  it('that asks for an unknown collection is refused', async () => {
    const sink = connect();
    sink.send({ collection: 'istio/unknown/v1/things' });
    await expect(sink.next()).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('istio/unknown/v1/things'),
    });
  });
});
