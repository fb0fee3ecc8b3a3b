import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { type Bus, createNatsBus, type MessageOf } from '@quintet/bus';
import { createMetrics, silentLog, systemClock } from '@quintet/runtime';
import { type Mesh, startMesh } from '@quintet/test-mesh/harness/mesh.ts';
import type { BenchCase, Figure } from '../bench-case.ts';
import { percentile } from '../measure/percentile.ts';

const CHANGES = 100;
const CONNECT_LIMIT_MS = 5000;
const ACK_LIMIT_MS = 30_000;
const NATS_PORT = 4222;

/** What changes. */
type Subject = {
  readonly what: string;
  readonly file: string;
  readonly text: (change: number) => string;
};

const ROUTE: Subject = {
  what: 'VirtualService',
  file: 'bench-route.yaml',
  text: (change) => `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: ratings, namespace: default }
spec:
  hosts: [ratings]
  http:
    - match: [{ headers: { x-bench: { exact: change-${change} } } }]
      route: [{ destination: { host: ratings } }]
    - route: [{ destination: { host: ratings } }]
`,
};

const POLICY: Subject = {
  what: 'AuthorizationPolicy',
  file: 'bench-policy.yaml',
  text: (change) => `apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: { name: ratings, namespace: default }
spec:
  selector: { matchLabels: { app: ratings } }
  rules:
    - from: [{ source: { namespaces: [default] } }]
    - to: [{ operation: { paths: [/change-${change}] } }]
`,
};

export const saveToAck: BenchCase = {
  name: 'save-to-ack',
  about: `On the running local mesh with the Bookinfo sample: from the finished rename of a file to the moment at which the last Envoy that it concerns has acknowledged everything there is for it, as pilot tells it on the bus; ${CHANGES} changes of one VirtualService, then of one AuthorizationPolicy, each waited for. Galley's 50 ms and pilot's 100 ms of quiet are part of it.`,
  async run({ say }) {
    const mesh = await startMesh({ name: 'bench' });
    const metrics = createMetrics();
    try {
      const bus = await connect(mesh, metrics);
      const acknowledged = followAcknowledgements(bus);
      const figures: Figure[] = [];
      for (const subject of [ROUTE, POLICY]) {
        say(`${subject.what}: ${CHANGES} changes`);
        figures.push(...(await measure(mesh, acknowledged, subject)));
      }
      await bus.stop?.(AbortSignal.timeout(CONNECT_LIMIT_MS));
      return figures;
    } finally {
      await mesh.stop();
      await metrics.shutdown();
    }
  },
};

async function connect({ state }: Mesh, metrics: ReturnType<typeof createMetrics>): Promise<Bus> {
  const bus = createNatsBus({
    servers: [`${state.addresses.nats}:${NATS_PORT}`],
    principal: 'cli',
    credentials: { kind: 'nkey', seedFile: join(state.folder, 'nats', 'cli.nk') },
    ...{ metrics, log: silentLog, clock: systemClock },
  });
  await bus.start?.();
  await bus.connected(CONNECT_LIMIT_MS);
  return bus;
}

/** Who has acknowledged everything, and when, as it is told. */
type Acknowledgements = {
  /** Forgets what was told before. */
  readonly reset: () => void;
  /** By node: milliseconds since 1970. */
  readonly times: ReadonlyMap<string, number>;
  /** Resolves once each of these nodes was told of. */
  readonly ofAll: (nodes: ReadonlySet<string>) => Promise<void>;
};

function followAcknowledgements(bus: Bus): Acknowledgements {
  const times = new Map<string, number>();
  let told: () => void = () => {};
  bus.subscribe('event', { params: { service: 'pilot', type: 'push' } }, (event: MessageOf<'event'>) => {
    const { time, attributes } = event;
    if (time !== undefined) times.set(attributes.node ?? '', timestampMs(time));
    told();
  });
  return {
    times,
    reset: () => times.clear(),
    ofAll: (nodes) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`only ${[...times.keys()].join(', ')} acknowledged in time`));
        const timer = setTimeout(late, ACK_LIMIT_MS);
        told = () => {
          if (![...nodes].every((node) => times.has(node))) return;
          clearTimeout(timer);
          told = () => {};
          resolve();
        };
        told();
      }),
  };
}

/** The first change is not measured: it shows whom such a change concerns. */
async function measure(
  mesh: Mesh,
  acknowledged: Acknowledgements,
  subject: Subject,
): Promise<readonly Figure[]> {
  await mesh.write(subject.file, subject.text(0));
  acknowledged.reset();
  await mesh.write(subject.file, subject.text(0.5));
  const concerned = new Set(acknowledged.times.keys());
  if (concerned.size === 0) throw new Error(`a change of the ${subject.what} concerns nobody`);
  const latencies: number[] = [];
  for (let change = 1; change <= CHANGES; change += 1) {
    acknowledged.reset();
    const savedAt = await save(mesh, subject, change);
    await acknowledged.ofAll(concerned);
    latencies.push(Math.max(...[...concerned].map((node) => acknowledged.times.get(node) ?? 0)) - savedAt);
    // One change must not be taken for the next.
    await mesh.settled();
  }
  const note = `${concerned.size} Envoys concerned`;
  return [
    { what: `${subject.what}, p50`, value: percentile(latencies, 0.5), unit: 'ms', note },
    { what: `${subject.what}, p99`, value: percentile(latencies, 0.99), unit: 'ms', note },
  ];
}

/** Answers when the file was in place, milliseconds since 1970. */
async function save({ state, home }: Mesh, { file, text }: Subject, change: number): Promise<number> {
  const next = join(home, file);
  await writeFile(next, text(change));
  await rename(next, join(state.config, file));
  return Date.now();
}
