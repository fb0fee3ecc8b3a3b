import { createEventPublisher, createMemoryBus, type MessageOf } from '@quintet/bus';
import { type ConfigObject, parseDocuments } from '@quintet/model';
import { createChannel, createMetrics, type GrpcServer, systemClock } from '@quintet/runtime';
import { createMemoryLog, createXdsClient, type XdsClient, type XdsClientOptions } from '@quintet/testkit';
import type { Form } from '@quintet/xds';
import type { Generator } from '../generate/generator.ts';
import { createMeshGenerator } from '../generate/mesh-generator.ts';
import { METRICS } from '../metrics.ts';
import { createPilot, type Pilot } from '../pilot.ts';
import { createXdsServer } from '../server.ts';

export type HarnessOptions = {
  /** The pure stages unless given. */
  readonly generator?: Generator;
};

export type ProxyOptions = {
  readonly form: Form;
  /** `sidecar~127.0.0.1~a.default~default.svc.cluster.local` unless given. */
  readonly id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly refuse?: XdsClientOptions['refuse'];
};

/** A pilot as its clients see it: configuration goes in as YAML, proxies connect over gRPC on loopback. */
export type PilotHarness = {
  readonly pilot: Pilot;
  /** What was published on the bus so far. */
  readonly events: readonly MessageOf<'event'>[];
  /** Makes this the whole configuration. Throws when a document cannot be read. */
  readonly configure: (yaml: string) => void;
  readonly connect: (proxy: ProxyOptions) => XdsClient;
  /** Ends everything; throws when a stage threw while it ran. */
  readonly stop: () => Promise<void>;
};

/** Starts a pilot on a free port, without waits: every change is handed out in the next turn of the event loop. */
export async function startPilot(options: HarnessOptions = {}): Promise<PilotHarness> {
  const bus = createMemoryBus();
  const events: MessageOf<'event'>[] = [];
  const log = createMemoryLog();
  const shared = { clock: systemClock, log };
  bus.connect({ principal: 'cli', ...shared }).subscribe('event', {}, (event) => events.push(event));
  const {
    generator = createMeshGenerator({
      domain: 'cluster.local',
      trustDomain: 'cluster.local',
      traceSampling: 1,
    }),
  } = options;
  const pilot = createPilot({
    ...shared,
    generator,
    staticClusters: new Set(['xds-grpc', 'sds-grpc', 'prometheus_stats']),
    isSynced: () => true,
    debounceMs: 0,
    debounceMaxMs: 0,
    patienceMs: 5000,
    metrics: createMetrics().create(METRICS),
    events: createEventPublisher({
      bus: bus.connect({ principal: 'pilot', ...shared }),
      service: 'pilot',
      instance: 'test',
      clock: systemClock,
    }),
  });
  const server: GrpcServer = createXdsServer({
    ...shared,
    name: 'xds',
    address: '127.0.0.1:0',
    discovery: pilot.plaintext,
    slowReaderMs: 5000,
    maxStreams: 100,
  });
  await server.start?.();
  const channel = createChannel({ address: `127.0.0.1:${server.port()}` });
  const clients: XdsClient[] = [];
  return {
    pilot,
    events,
    configure: (yaml) => configure(pilot, yaml),
    connect({ form, id = 'sidecar~127.0.0.1~a.default~default.svc.cluster.local', metadata = {}, refuse }) {
      const client = createXdsClient({ channel, form, node: { id, metadata }, ...(refuse && { refuse }) });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) await client.close();
      channel.close();
      pilot.stop();
      await server.stop?.(AbortSignal.timeout(2000));
      for (const { level, message, fields } of log.lines) {
        if (level === 'error') throw new Error(message, { cause: fields.err });
      }
    },
  };
}

function configure(pilot: Pilot, yaml: string): void {
  const { objects, issues } = parseDocuments(yaml, { file: 'test.yaml' });
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
  const byCollection = Map.groupBy(objects, ({ collection }: ConfigObject) => collection);
  for (const collection of [...pilot.store.counts().keys(), ...byCollection.keys()]) {
    const updated = byCollection.get(collection) ?? [];
    pilot.apply({ collection, version: '', full: true, updated, removed: [] });
  }
}
