import { setTimeout as delay } from 'node:timers/promises';
import type { KubeClient } from '@quintet/kube';
import type { CollectionChange } from '@quintet/mcp';
import { type ConfigObject, isOfSchema, SYNTHETIC_SERVICE_ENTRY } from '@quintet/model';
import { ServiceEntrySchema } from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { TEST_BINARIES } from '@quintet/test-kubernetes/binaries.ts';
import { buildBinaries } from '@quintet/test-kubernetes/build-binaries.ts';
import { type ControlPlane, startControlPlane } from '@quintet/test-kubernetes/cluster.ts';
import { ENDPOINT_SLICES } from '@quintet/test-kubernetes/kube-types.ts';
import { startFakeNodes } from '@quintet/test-kubernetes/kwok.ts';
import { type McpReader, startMcpReader } from '@quintet/test-kubernetes/mcp-reader.ts';
import { freePort } from '@quintet/testkit';
import type { BenchCase, BenchContext, Figure } from '../bench-case.ts';
import { median, percentile } from '../measure/percentile.ts';
import { usageOf } from '../measure/process-usage.ts';
import { type ServiceProcess, startService } from '../measure/service-process.ts';
import {
  endpointsOf,
  listAddresses,
  NAMESPACE,
  runPods,
  serviceName,
  writeServices,
} from '../worlds/kube-services.ts';

const SIZE = { services: 5000, endpoints: 10, pods: 2000 };
const NODES = 20;
const WRITES_PER_SECOND = 200;
const CHURN_SECONDS = 60;
/** Writes under way at once: a slow API server makes the rate smaller, not the queue longer. */
const WRITERS = 64;
const MOST_LATE_MS = 30_000;
const MEGABYTE = 1024 ** 2;
const ENTRIES = SYNTHETIC_SERVICE_ENTRY.collection;

export const galleyKube: BenchCase = {
  name: 'galley-kube',
  about: `Galley in plaintext on a real API server with ${SIZE.services} Services, ${SIZE.endpoints} endpoints each in one EndpointSlice written directly, the first endpoints of ${SIZE.pods} of them pods of fake nodes. One sink of the service entries. Then ${WRITES_PER_SECOND} writes of slices a second for ${CHURN_SECONDS} s, one new address each, all slices in turn, at most ${WRITERS} under way; from the answer of the API server to receipt at the sink (the 50 ms for which the source must be quiet included). At the end what the sink has is compared with a list of the API server.`,
  async run(context) {
    await buildBinaries(TEST_BINARIES, context.say);
    const plane = await startControlPlane();
    try {
      return await measure(context, plane);
    } finally {
      await plane.stop();
    }
  },
};

async function measure(context: BenchContext, plane: ControlPlane): Promise<readonly Figure[]> {
  const nodes = await startFakeNodes(plane, { nodes: NODES });
  try {
    const start = performance.now();
    const pods = await runPods(plane.client, SIZE, nodes.names);
    const podsMs = performance.now() - start;
    await writeServices(plane.client, SIZE, pods);
    const writeMs = performance.now() - start - podsMs;
    context.say(`${SIZE.services} Services and slices written in ${Math.round(writeMs)} ms`);
    const writing = [
      { what: `${SIZE.pods} pods run, time`, value: podsMs / 1000, unit: 's' },
      { what: 'Services and slices written, time', value: writeMs / 1000, unit: 's' },
    ] as const;
    return [...writing, ...(await measureGalley(context, plane, pods))];
  } finally {
    await nodes.stop();
  }
}

async function measureGalley(
  { nodePath, say }: BenchContext,
  plane: ControlPlane,
  pods: readonly string[],
): Promise<readonly Figure[]> {
  const address = `127.0.0.1:${await freePort()}`;
  const flags = ['--insecure', `--server-address=tcp://${address}`, `--kubeconfig=${plane.kubeconfig}`];
  const [start, serverBefore] = [performance.now(), serverCpuMs(plane)];
  const galley = await startService({
    nodePath,
    service: 'galley',
    flags: [...flags, '--enableServiceDiscovery'],
  });
  let reader: McpReader | undefined;
  try {
    const arrivals = createArrivals();
    await galley.ready();
    const readyMs = performance.now() - start;
    reader = await startMcpReader({ address, collections: [ENTRIES], onChange: arrivals.onChange });
    await reader.synced;
    const syncedMs = performance.now() - start;
    const [loadCpuMs, serverLoadMs] = [galley.usage().cpuMs, serverCpuMs(plane) - serverBefore];
    say(`synced after ${Math.round(syncedMs)} ms`);
    const figures: Figure[] = [
      { what: 'start to readiness, time', value: readyMs, unit: 'ms' },
      { what: 'start to everything at the sink, time', value: syncedMs, unit: 'ms' },
      { what: 'start to everything at the sink, CPU', value: loadCpuMs, unit: 'ms' },
      { what: 'the same, CPU of the API server', value: serverLoadMs, unit: 'ms' },
      { what: 'resident memory when synced', value: galley.usage().rss / MEGABYTE, unit: 'MB' },
    ];
    const differing = await differences(plane.client, reader);
    if (differing.length > 0) throw new Error(`the sink was synced without ${differing.slice(0, 5).join()}`);
    return [...figures, ...(await churn({ galley, plane, reader, arrivals, pods, say }))];
  } finally {
    await reader?.stop();
    await galley.stop();
  }
}

type Churn = {
  readonly galley: ServiceProcess;
  readonly plane: ControlPlane;
  readonly reader: McpReader;
  readonly arrivals: Arrivals;
  readonly pods: readonly string[];
  readonly say: (text: string) => void;
};

async function churn({ galley, plane, reader, arrivals, pods, say }: Churn): Promise<readonly Figure[]> {
  const [galleyBefore, serverBefore] = [galley.usage().cpuMs, serverCpuMs(plane)];
  const { client } = plane;
  const { written, seconds } = await paced(async (index) => {
    const service = index % SIZE.services;
    const last = `172.${16 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
    const endpoints = endpointsOf(service, SIZE, { pod: pods[service], last });
    const at = { namespace: NAMESPACE, name: serviceName(service) };
    const arrival = arrivals.expect(last);
    await client.patch(ENDPOINT_SLICES, at, { type: 'merge', body: { endpoints } });
    arrival.answered();
  });
  const ended = performance.now();
  const [galleyCpu, serverCpu] = [galley.usage().cpuMs - galleyBefore, serverCpuMs(plane) - serverBefore];
  const stale = await untilSame(client, reader);
  const caughtUpMs = performance.now() - ended;
  say(`${written} writes in ${seconds.toFixed(1)} s, ${stale} services stale at the end`);
  const latencies = arrivals.latencies();
  return [
    {
      what: 'writes of slices',
      value: written / seconds,
      unit: 'per second',
      note: `asked ${WRITES_PER_SECOND}`,
    },
    { what: 'services lost or stale at the end', value: stale, unit: 'count', note: 'target 0' },
    { what: 'addresses that never came', value: arrivals.missing(), unit: 'count', note: 'target 0' },
    { what: 'last write to the same at the sink, list included', value: caughtUpMs, unit: 'ms' },
    { what: 'write to receipt, median', value: median(latencies), unit: 'ms' },
    { what: 'write to receipt, p99', value: percentile(latencies, 0.99), unit: 'ms' },
    { what: 'one write, CPU', value: galleyCpu / written, unit: 'ms' },
    { what: 'one write, CPU of the API server and etcd', value: serverCpu / written, unit: 'ms' },
    { what: 'resident memory after the writes', value: galley.usage().rss / MEGABYTE, unit: 'MB' },
  ];
}

/** Writes at the rate asked for, or as fast as it goes: nothing is caught up on. */
async function paced(write: (index: number) => Promise<void>): Promise<{ written: number; seconds: number }> {
  const start = performance.now();
  const end = start + CHURN_SECONDS * 1000;
  let next = 0;
  let due = start;
  const writer = async () => {
    for (;;) {
      due = Math.max(due + 1000 / WRITES_PER_SECOND, performance.now() - 1000 / WRITES_PER_SECOND);
      if (due >= end) return;
      const index = next++;
      await delay(Math.max(0, due - performance.now()));
      await write(index);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return { written: next, seconds: (performance.now() - start) / 1000 };
}

/** When addresses come to the sink. */
type Arrivals = {
  readonly onChange: (change: CollectionChange) => void;
  /** Begins to wait for an address; `answered` when the API server has it. */
  expect(address: string): { answered(): void };
  /** Milliseconds from the answer to receipt; 0 for what came before the answer. */
  latencies(): readonly number[];
  missing(): number;
};

function createArrivals(): Arrivals {
  const waiting = new Map<string, { answered?: number; came?: number }>();
  return {
    onChange({ updated }) {
      const now = performance.now();
      for (const object of updated) {
        for (const address of addressesOf(object)) {
          const state = waiting.get(address);
          if (state !== undefined) state.came ??= now;
        }
      }
    },
    expect(address) {
      const state: { answered?: number; came?: number } = {};
      waiting.set(address, state);
      return {
        answered() {
          state.answered = performance.now();
        },
      };
    },
    latencies: () =>
      [...waiting.values()].flatMap(({ answered, came }) =>
        answered === undefined || came === undefined ? [] : Math.max(0, came - answered),
      ),
    missing: () => [...waiting.values()].filter(({ came }) => came === undefined).length,
  };
}

function addressesOf(object: ConfigObject): string[] {
  if (!isOfSchema(object, ServiceEntrySchema)) return [];
  return object.spec.endpoints.map(({ address }) => address);
}

/** Waits until the sink has what the API server has; answers how many services differ when it does not come to that. */
async function untilSame(client: KubeClient, reader: McpReader): Promise<number> {
  const wanted = await listAddresses(client);
  const stale = () => differing(wanted, reader);
  const describe = () => stale().slice(0, 5).join();
  const late = await reader
    .until(() => stale().length === 0, { describe, timeoutMs: MOST_LATE_MS })
    .then(
      () => [],
      () => stale(),
    );
  return late.length;
}

async function differences(client: KubeClient, reader: McpReader): Promise<readonly string[]> {
  return differing(await listAddresses(client), reader);
}

function differing(wanted: ReadonlyMap<string, string>, reader: McpReader): readonly string[] {
  const entries = reader.objects(ENTRIES);
  return [...wanted.keys()].filter((name) => {
    const entry = entries.get(`${NAMESPACE}/${name}`);
    return entry === undefined || addressesOf(entry).toSorted().join() !== wanted.get(name);
  });
}

function serverCpuMs(plane: ControlPlane): number {
  const pids = [plane.pid('apiserver'), plane.pid('etcd')].filter((pid) => pid !== undefined);
  return pids.reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
}
