import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CollectionChange, createMcpSink } from '@quintet/mcp';
import { createChannel, silentLog, systemClock } from '@quintet/runtime';
import { freePort, makeTempDir } from '@quintet/testkit';
import type { BenchCase, BenchContext, Figure } from '../bench-case.ts';
import { median, percentile } from '../measure/percentile.ts';
import { type ServiceProcess, startService } from '../measure/service-process.ts';
import { destinationRules, serviceEntries, virtualServices } from '../worlds/service-world.ts';

const CHANGES = 20;
const LOAD = { services: 1000, endpoints: 1, ruledEvery: 2 };
const ONE = { services: 1, endpoints: 1, ruledEvery: 1 };
const VIRTUAL_SERVICES = 'istio/networking/v1alpha3/virtualservices';
const MEGABYTE = 1024 ** 2;

export const galleyLoad: BenchCase = {
  name: 'galley-load',
  about: `Galley in plaintext on a folder of three files with 2000 objects: 1000 service entries, 500 VirtualServices, 500 DestinationRules. Then ${CHANGES} changes of one VirtualService in a file of its own, from the finished rename to the message at an MCP sink (the 50 ms for which files must be quiet included).`,
  async run(context) {
    const temp = await makeTempDir('bench');
    const stops: (() => Promise<void> | void)[] = [temp.remove];
    try {
      return await measure(context, temp.path, (stop) => stops.unshift(stop));
    } finally {
      for (const stop of stops) await stop();
    }
  },
};

async function measure(
  { nodePath }: BenchContext,
  folder: string,
  onStop: (stop: () => Promise<void> | void) => void,
): Promise<readonly Figure[]> {
  const config = join(folder, 'config');
  await mkdir(config);
  await writeFile(join(config, 'services.yaml'), serviceEntries(LOAD));
  await writeFile(join(config, 'rules.yaml'), destinationRules(LOAD));
  await writeFile(join(config, 'routes.yaml'), virtualServices(LOAD, 'first'));
  const mcp = `127.0.0.1:${await freePort()}`;
  const start = performance.now();
  const flags = ['--insecure', `--server-address=tcp://${mcp}`, `--configPath=${config}`];
  const galley = await startService({ nodePath, service: 'galley', flags });
  onStop(galley.stop);
  await galley.ready();
  const readyMs = performance.now() - start;
  const loaded = galley.usage();
  const changes = await followChanges(mcp, onStop);
  const single = join(config, 'single.yaml');
  const latencies: number[] = [];
  for (let change = 1; change <= CHANGES; change += 1) {
    const text = virtualServices(ONE, `change-${change}`).replace('name: svc-0', 'name: single');
    latencies.push(await timeOf(changes, { path: single, next: join(folder, 'next'), text }));
  }
  return figures(galley, { loaded, readyMs, latencies });
}

type Outcome = {
  readonly loaded: ReturnType<ServiceProcess['usage']>;
  readonly readyMs: number;
  readonly latencies: readonly number[];
};

function figures(galley: ServiceProcess, { loaded, readyMs, latencies }: Outcome): readonly Figure[] {
  const cpuMs = (galley.usage().cpuMs - loaded.cpuMs) / CHANGES;
  return [
    { what: 'start to readiness, time', value: readyMs, unit: 'ms' },
    { what: 'start to readiness, CPU', value: loaded.cpuMs, unit: 'ms' },
    { what: 'resident memory', value: loaded.rss / MEGABYTE, unit: 'MB' },
    { what: 'one change, median', value: median(latencies), unit: 'ms' },
    { what: 'one change, p99', value: percentile(latencies, 0.99), unit: 'ms' },
    { what: 'one change, CPU', value: cpuMs, unit: 'ms' },
  ];
}

type Follower = { next(): Promise<void> };

/** A sink of VirtualServices; `next` resolves at the next change. */
async function followChanges(
  address: string,
  onStop: (stop: () => Promise<void> | void) => void,
): Promise<Follower> {
  let changed: () => void = () => {};
  const channel = createChannel({ address, maxReceiveBytes: 64 * MEGABYTE });
  const sink = createMcpSink({
    channel,
    collections: [VIRTUAL_SERVICES],
    node: { id: 'bench' },
    onChange: (_change: CollectionChange) => changed(),
    log: silentLog,
    clock: systemClock,
    random: Math.random,
  });
  await sink.start?.();
  onStop(async () => {
    await sink.stop?.(AbortSignal.timeout(1000));
    channel.close();
  });
  await sink.synced;
  return {
    next: () =>
      new Promise((resolve) => {
        changed = resolve;
      }),
  };
}

async function timeOf(
  follower: Follower,
  { path, next, text }: { readonly path: string; readonly next: string; readonly text: string },
): Promise<number> {
  await writeFile(next, text);
  const arrived = follower.next();
  const start = performance.now();
  await rename(next, path);
  await arrived;
  return performance.now() - start;
}
