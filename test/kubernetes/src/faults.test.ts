import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authorizationConfig, type Bus, createNatsBus, createNkey } from '@quintet/bus';
import { VIRTUAL_SERVICE } from '@quintet/model';
import { createMetrics, silentLog, systemClock } from '@quintet/runtime';
import { eventually, makeTempDir, type NatsServer, startNatsServer } from '@quintet/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectBrokenSink } from './broken-sink.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { COLLECTIONS, converged, createFaultWorld, type FaultWorld, factsOf } from './fault-world.ts';
import { createGalleyProcess, type GalleyProcess } from './galley-process.ts';
import { type McpReader, startMcpReader } from './mcp-reader.ts';

const ROUTES = VIRTUAL_SERVICE.collection;
/** So many that a response is larger than what a connection takes without being read. */
const MANY = 300;
const LONG_DOMAIN = new Array(3).fill('x'.repeat(60)).join('.');
const NATS_WAIT = { timeoutMs: 10_000 };

let plane: ControlPlane;
let world: FaultWorld;
let nats: NatsServer;
let listener: Bus;
let galley: GalleyProcess;
let reader: McpReader;
const ending: (() => unknown)[] = [];

/** A server that knows galley and the command line by their keys. */
async function startBus() {
  const dir = await makeTempDir('faults');
  ending.push(dir.remove);
  const [own, cli] = [createNkey(), createNkey()];
  const keys = new Map([
    ['galley', { nkey: own.publicKey }],
    ['cli', { nkey: cli.publicKey }],
  ] as const);
  const seedFile = join(dir.path, 'galley.nk');
  const cliSeedFile = join(dir.path, 'cli.nk');
  await writeFile(seedFile, own.seed, { mode: 0o600 });
  await writeFile(cliSeedFile, cli.seed, { mode: 0o600 });
  nats = await startNatsServer({ config: authorizationConfig(keys) });
  ending.push(nats.remove);
  listener = createNatsBus({
    ...{ servers: [nats.address], principal: 'cli', clock: systemClock, log: silentLog },
    credentials: { kind: 'nkey', seedFile: cliSeedFile },
    metrics: createMetrics(),
  });
  await listener.start?.();
  ending.push(() => listener.stop?.(AbortSignal.timeout(1000)));
  return { seedFile };
}

/** Whether galley would know the object after a restart. */
async function isKept(name: string): Promise<boolean> {
  return (await readFile(join(galley.stateDir, 'last-good.binpb'))).includes(name);
}

beforeAll(async () => {
  const [started, { seedFile }] = await Promise.all([startControlPlane(), startBus()]);
  plane = started;
  ending.push(plane.stop);
  world = await createFaultWorld(plane);
  const numbers = Array.from({ length: MANY }, (_, index) => index);
  await Promise.all(numbers.map((index) => world.putRoute(`many-${index}`, `m${index}.${LONG_DOMAIN}`)));
  await world.putService('reviews', ['10.1.0.1', '10.1.0.2']);
  galley = await createGalleyProcess([
    ...['--kubeconfig', plane.kubeconfig, '--enableServiceDiscovery', '--mcp-answer-timeout', '2s'],
    ...['--nats-address', nats.address, '--nats-seed-file', seedFile],
  ]);
  ending.push(galley.remove);
  galley.start();
  await galley.ready();
  reader = await startMcpReader({ address: galley.address, collections: COLLECTIONS });
  ending.push(reader.stop);
  await converged(world, reader);
});
afterAll(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
// Whatever happened: nothing that was confirmed is missing, and no sink was ever told that something is gone that is not.
afterEach(async () => {
  await converged(world, reader);
  expect(Object.fromEntries(factsOf(reader))).toMatchObject(Object.fromEntries(world.confirmed));
  expect(reader.removed.filter((name) => !world.removed.has(name))).toEqual([]);
});

describe('galley and its sinks', () => {
  it('come to the state of the API server after its end, the history forgotten', async () => {
    await world.putRoute('old', 'old.example');
    await plane.kill('apiserver');
    await plane.restart('apiserver');
    await world.removeRoute('old');
    await world.putRoute('many-0', 'new.example');
    await world.putService('reviews', ['10.1.0.2', '10.1.0.3']);
    await plane.compact();
    const facts = await converged(world, reader);
    expect(facts.get('service shop/reviews')).toBe('10.1.0.2,10.1.0.3');
    expect(factsOf(reader).has('route shop/old')).toBe(false);
  });

  it('miss nothing that the API server confirmed while etcd ended', async () => {
    const write = async (from: number) => {
      for (let index = from; index < from + 20; index += 1)
        await world.putRoute(`many-${index}`, `etcd.n${index}.example`);
    };
    const writing = Promise.all([write(1), write(21), world.putRoute('before', 'a.example')]);
    await eventually(() => world.confirmed.get('route shop/many-1') === 'etcd.n1.example');
    await plane.kill('etcd');
    await plane.restart('etcd');
    await writing;
    await world.removeRoute('before');
    expect((await converged(world, reader)).get('route shop/many-40')).toBe('etcd.n40.example');
  });

  it('keep what was good when galley ends, and learn what changed meanwhile', async () => {
    await world.putRoute('held', 'good.example');
    await eventually(() => isKept('shop/held'), { timeoutMs: 15_000, everyMs: 100 });
    await galley.kill();
    await world.putRoute('held', 'no host at all');
    await world.putRoute('many-50', 'while-away.example');
    await world.putService('late', ['10.1.0.9']);
    galley.start();
    await reader.until(() => factsOf(reader).get('route shop/many-50') === 'while-away.example', {
      describe: () => 'a change while galley was away has not come',
    });
    expect(factsOf(reader).get('route shop/held')).toBe('good.example');
    await world.putRoute('held', 'better.example');
  });

  it('are told nothing by a galley that finds no API server, then everything', async () => {
    const before = factsOf(reader);
    await plane.kill('apiserver');
    await galley.kill();
    galley.start();
    const noApiServer = async () =>
      (await galley.health())?.includes('the API server cannot be reached') ?? false;
    await eventually(noApiServer, { timeoutMs: 20_000 });
    expect(factsOf(reader)).toEqual(before);
    await plane.restart('apiserver');
    await world.putRoute('many-60', 'together.example');
    await converged(world, reader);
  });

  it('go on without the bus, which is told of what comes when it is back', async () => {
    await nats.kill();
    await world.putRoute('many-70', 'no-bus.example');
    await converged(world, reader);
    await nats.start();
    await listener.connected(10_000);
    const objects: string[] = [];
    listener.subscribe('event', {}, ({ resource }) => objects.push(resource?.name ?? ''));
    await eventually(async () => {
      await world.putRoute('many-71', `bus-${Math.random()}.example`);
      return objects.includes('many-71');
    }, NATS_WAIT);
  });

  it('do not wait for a sink that ends in the middle of a response', async () => {
    for (let round = 0; round < 5; round += 1) {
      const half = connectBrokenSink({ address: galley.address, collection: ROUTES, reading: false });
      await half.began;
      half.die();
      await half.ended;
      await world.putRoute('many-80', `round-${round}.example`);
      await converged(world, reader);
    }
  });

  it('do not wait for sinks that never acknowledge, or take nothing, and these are let go', async () => {
    const { address } = galley;
    const silent = connectBrokenSink({ address, collection: ROUTES, reading: true });
    const stuck = connectBrokenSink({ address, collection: ROUTES, reading: false });
    await Promise.all([silent.began, stuck.began]);
    await world.putRoute('many-90', 'others.example');
    await converged(world, reader);
    const RESOURCE_EXHAUSTED = '8';
    expect(await silent.ended).toBe(RESOURCE_EXHAUSTED);
    await stuck.ended;
    const late = await startMcpReader({ address, collections: COLLECTIONS, id: 'late' });
    ending.push(late.stop);
    await converged(world, late);
  });
});
