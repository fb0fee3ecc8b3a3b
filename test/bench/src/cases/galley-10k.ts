import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, makeTempDir } from '@quintet/testkit';
import type { BenchCase, BenchContext, Figure } from '../bench-case.ts';
import { FORM } from '../checkout.ts';
import { connectSinks, type Sinks } from '../measure/mcp-sinks.ts';
import { median, percentile } from '../measure/percentile.ts';
import { type ServiceProcess, startService } from '../measure/service-process.ts';
import { mixedObjects } from '../worlds/mixed-objects.ts';
import { virtualServices } from '../worlds/service-world.ts';

const SINKS = 10;
const CHANGES = 500;
/** Every response then holds everything of the collection, ten times: fewer changes say the same. */
const FULL_CHANGES = 40;
const QUIET_MS = 50;
const MEGABYTE = 1024 ** 2;
/** Objects in one file; each of the others has a file of its own, 100 to a folder. */
const TOGETHER = 1000;
const VIRTUAL_SERVICES = 'istio/networking/v1alpha3/virtualservices';
const COLLECTIONS = [
  VIRTUAL_SERVICES,
  'istio/networking/v1alpha3/destinationrules',
  'istio/networking/v1alpha3/serviceentries',
  'istio/networking/v1alpha3/gateways',
  'istio/networking/v1alpha3/sidecars',
  'istio/security/v1beta1/authorizationpolicies',
];

export const galley10k: BenchCase = {
  name: 'galley-10k',
  about: `Galley in plaintext on 10,000 objects of six kinds: 1,000 in one file, the others in a file each. ${SINKS} sinks of six collections. ${CHANGES} changes of one VirtualService after the other, every fifth in the file of 1,000, from the finished rename to receipt at the last sink, less the ${QUIET_MS} ms for which files must be quiet. Then ${FULL_CHANGES} of them where every response holds the whole collection.`,
  async run(context) {
    const temp = await makeTempDir('bench');
    try {
      const config = join(temp.path, 'config');
      const world = await writeWorld(config);
      const next = join(temp.path, 'next');
      const changes = await measure(context, {
        ...{ config, next, world, changes: CHANGES },
        ...{ mark: 'change', flags: [] },
      });
      const full = await measure(context, {
        ...{ config, next, world, changes: FULL_CHANGES },
        ...{ mark: 'whole', flags: ['--enable-incremental=false'] },
      });
      return figures(changes, full);
    } finally {
      await temp.remove();
    }
  },
};

type World = {
  /** Files with one VirtualService, by the number of its service. */
  readonly single: ReadonlyMap<number, string>;
  /** The file with many objects, and what stands in it. */
  readonly together: string;
  readonly documents: readonly string[];
};

/** Virtual services first in the file of many objects, so that one of them can be changed there. */
async function writeWorld(config: string): Promise<World> {
  const objects = mixedObjects().toSorted((a, b) => rank(a) - rank(b));
  const documents = objects.slice(0, TOGETHER);
  const together = join(config, 'together.yaml');
  const single = new Map<number, string>();
  for (const [index, text] of objects.slice(TOGETHER).entries()) {
    const folder = join(config, String(Math.floor(index / 100)));
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${index}.yaml`);
    await writeFile(path, text);
    if (rank(text) === 0) single.set(TOGETHER + index, path);
  }
  await writeFile(together, documents.join('---\n'));
  return { single, together, documents };
}

function rank(text: string): number {
  return text.includes('kind: VirtualService') ? 0 : 1;
}

type Run = {
  readonly config: string;
  /** A path to write to before the rename. */
  readonly next: string;
  readonly world: World;
  readonly flags: readonly string[];
  readonly changes: number;
  /** Stands in what is written: a file that is written as it was before is no change. */
  readonly mark: string;
};

type Measured = {
  readonly readyMs: number;
  readonly loadedCpuMs: number;
  readonly syncedMs: number;
  readonly rss: number;
  readonly latencies: readonly number[];
  readonly cpuMs: number;
};

async function measure({ nodePath, say }: BenchContext, run: Run): Promise<Measured> {
  const address = `127.0.0.1:${await freePort()}`;
  const flags = ['--insecure', `--server-address=tcp://${address}`, `--configPath=${run.config}`];
  const start = performance.now();
  const galley = await startService({ nodePath, service: 'galley', flags: [...flags, ...run.flags] });
  let sinks: Sinks | undefined;
  try {
    await galley.ready();
    const readyMs = performance.now() - start;
    const loadedCpuMs = galley.usage().cpuMs;
    say(`ready after ${Math.round(readyMs)} ms`);
    const connected = performance.now();
    sinks = await connectSinks({ address, count: SINKS, collections: COLLECTIONS });
    const syncedMs = (await galley.during(sinks.synced())) - connected;
    const changed = await change(galley, sinks, run);
    return { readyMs, loadedCpuMs, syncedMs, rss: galley.usage().rss, ...changed };
  } finally {
    await sinks?.stop();
    await galley.stop();
  }
}

async function change(
  galley: ServiceProcess,
  sinks: Sinks,
  { next, world, changes, mark }: Run,
): Promise<Pick<Measured, 'latencies' | 'cpuMs'>> {
  const before = galley.usage().cpuMs;
  const documents = [...world.documents];
  const singles = [...world.single];
  const latencies: number[] = [];
  for (let index = 0; index < changes; index += 1) {
    const [service, path] = singles[index % singles.length] ?? [0, ''];
    const inFileOfMany = index % 5 === 0;
    const target = inFileOfMany ? index % TOGETHER : service;
    const text = routeOf(target, `${mark}-${index}`);
    if (inFileOfMany) documents[target] = text;
    await writeFile(next, inFileOfMany ? documents.join('---\n') : text);
    const arrived = sinks.arrival(
      ({ collection, updated }) =>
        collection === VIRTUAL_SERVICES && updated.some(({ name }) => name === `svc-${target}`),
    );
    const renamed = performance.now();
    await rename(next, inFileOfMany ? world.together : path);
    latencies.push((await galley.during(arrived)) - renamed - QUIET_MS);
  }
  return { latencies, cpuMs: (galley.usage().cpuMs - before) / changes };
}

function routeOf(service: number, mark: string): string {
  const one = virtualServices({ services: 1, endpoints: 1, ruledEvery: 1 }, mark);
  return one.replaceAll('svc-0', `svc-${service}`);
}

function figures(changes: Measured, full: Measured): readonly Figure[] {
  return [
    {
      what: 'start to readiness, time',
      value: changes.readyMs,
      unit: 'ms',
      note: `target 2500; from ${FORM}`,
    },
    { what: 'start to readiness, CPU', value: changes.loadedCpuMs, unit: 'ms' },
    { what: `everything at ${SINKS} sinks, time`, value: changes.syncedMs, unit: 'ms' },
    {
      what: 'resident memory after the changes',
      value: changes.rss / MEGABYTE,
      unit: 'MB',
      note: 'target 250',
    },
    { what: 'one change to the last sink, median', value: median(changes.latencies), unit: 'ms' },
    {
      what: 'one change to the last sink, p99',
      value: percentile(changes.latencies, 0.99),
      unit: 'ms',
      note: 'target 50',
    },
    { what: 'one change, CPU', value: changes.cpuMs, unit: 'ms', note: 'target 20' },
    { what: 'one change, whole collections, median', value: median(full.latencies), unit: 'ms' },
    { what: 'one change, whole collections, CPU', value: full.cpuMs, unit: 'ms' },
    { what: 'resident memory, whole collections', value: full.rss / MEGABYTE, unit: 'MB' },
  ];
}
