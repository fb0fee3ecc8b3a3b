import type { EventPublisher } from '@quintet/bus';
import type { CollectionChange } from '@quintet/mcp';
import type { ConfigObject } from '@quintet/model';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { type Clock, errorText, type Log } from '@quintet/runtime';
import { createDiscovery, type Discovery, type StreamInfo, type StreamObserver } from '@quintet/xds';
import type { PublishedWorld } from './distribution/object-book.ts';
import { createProgressBook, type ProxyProgress } from './distribution/proxy-progress.ts';
import type { Generator } from './generate/generator.ts';
import type { PilotMetrics } from './metrics.ts';
import { createIssueReporter } from './publish/issue-reporter.ts';
import { createPublisher, type Publisher, type PublisherOptions } from './publish/publisher.ts';
import { reportWorld } from './publish/report-world.ts';
import { tellRefusal } from './publish/tell-refusal.ts';
import type { ConnectedProxy } from './status/proxies.ts';
import type { ObjectDescriber } from './status/status-reply.ts';
import { createDebounce } from './store/debounce.ts';
import { refusedMesh } from './store/refusal.ts';
import { createStore, type Store } from './store/store.ts';
import { observeStreams } from './stream/observe-streams.ts';
import { createProxySource, type ProxySourceOptions } from './stream/proxy-source.ts';
import { createPress } from './wire/press.ts';

export type PilotOptions = {
  readonly generator: Generator;
  /** Clusters that stand in every proxy's bootstrap. */
  readonly staticClusters: ReadonlySet<string>;
  /** Nothing is handed out before this is true: a restart must never look like a deletion. */
  readonly isSynced: () => boolean;
  readonly debounceMs: number;
  readonly debounceMaxMs: number;
  readonly patienceMs: number;
  readonly metrics: PilotMetrics;
  readonly events: EventPublisher;
  readonly log: Log;
  readonly clock: Clock;
};

/** Pilot without its ports: configuration goes in, xDS streams are served. */
export type Pilot = {
  readonly store: Store;
  readonly publisher: Publisher;
  /** Applies a change of configuration; it is handed out when changes have calmed down. */
  readonly apply: (change: CollectionChange) => void;
  /** Says that `isSynced` may answer anew. */
  readonly synced: () => void;
  /** xDS for a port with client certificates, and for one without. */
  readonly secure: Discovery;
  readonly plaintext: Discovery;
  readonly proxies: () => readonly ConnectedProxy[];
  readonly describe: ObjectDescriber;
  /** How far each connected proxy has come. */
  readonly progress: () => readonly ProxyProgress[];
  /** What the newest world was made of. */
  readonly published: () => PublishedWorld;
  /** Whether the newest world holds every change that arrived. */
  readonly isSettled: () => boolean;
  readonly stop: () => void;
};

/** Store → debounce → world → for each proxy what it is handed → stream. */
export function createPilot(options: PilotOptions): Pilot {
  const { store, publisher, touch, stop, isSettled, changedAt, published } = createHandOut(options);
  const describe = describer(store);
  const onRefusal = refusalReporter(options);
  const sources = {
    secure: createProxySource({ publisher, needsIdentity: true, onRefusal }),
    plaintext: createProxySource({ publisher, needsIdentity: false, onRefusal }),
  };
  const connection = ({ node }: StreamInfo) =>
    sources.secure.connection(node) ?? sources.plaintext.connection(node);
  const progress = createProgressBook(connection);
  const observer = both(observeStreams({ ...options, connection, changedAt, describe }), progress.observer);
  const { clock, patienceMs } = options;
  const secure = createDiscovery({ source: sources.secure, clock, observer, patienceMs });
  const plaintext = createDiscovery({ source: sources.plaintext, clock, observer, patienceMs });
  return {
    store,
    publisher,
    apply: store.apply,
    synced: touch,
    secure,
    plaintext,
    describe,
    proxies: () =>
      [...secure.streams(), ...plaintext.streams()].flatMap((stream) => {
        const known = connection(stream);
        return known === undefined ? [] : [{ stream, ...known }];
      }),
    progress: progress.proxies,
    published,
    isSettled,
    stop,
  };
}

function both(a: StreamObserver, b: StreamObserver): StreamObserver {
  return {
    opened(stream) {
      a.opened?.(stream);
      b.opened?.(stream);
    },
    closed(stream) {
      a.closed?.(stream);
      b.closed?.(stream);
    },
    event(stream, event) {
      a.event?.(stream, event);
      b.event?.(stream, event);
    },
  };
}

/** From changes of configuration to worlds that proxies are fed from. */
function createHandOut(options: PilotOptions) {
  const { generator, staticClusters, isSynced, metrics, clock } = options;
  let changedAt = clock.now();
  let firstChange: number | undefined;
  let published: PublishedWorld = { revision: 0, objects: [] };
  const issues = createIssueReporter(options);
  const publisher = createPublisher({
    generator,
    staticClusters,
    press: createPress(envoyRegistry),
    onIssues: issues.report,
    onBug: bugReporter(options),
  });
  const debounce = createDebounce({
    clock,
    quietMs: options.debounceMs,
    maxMs: options.debounceMaxMs,
    run() {
      if (!isSynced() || awaitsMesh()) return;
      changedAt = firstChange ?? clock.now();
      firstChange = undefined;
      const start = clock.monotonic();
      const objects = [...store.objects()];
      publisher.publish(objects);
      // When making it failed the world before stays.
      const revision = publisher.revision();
      if (revision !== published.revision) published = { revision, objects };
      metrics.buildTime.record((clock.monotonic() - start) / 1000);
      reportWorld({ ...options, publisher, store, issues });
    },
  });
  const awaitsMesh = () => publisher.revision() === 0 && refusedMesh(store.refusals()) !== undefined;
  const touch = () => {
    firstChange ??= clock.now();
    debounce.touch();
  };
  const store = openStore(options, touch);
  return {
    store,
    publisher,
    touch,
    stop: debounce.stop,
    isSettled: () => firstChange === undefined,
    published: () => published,
    changedAt: () => changedAt,
  };
}

function openStore(options: PilotOptions, touch: () => void): Store {
  const { inboundUpdates } = options.metrics;
  return createStore({
    changed(collection) {
      inboundUpdates.add(1, { type: collection.endsWith('/serviceentries') ? 'svc' : 'config' });
      touch();
    },
    onRefused: (refusal) => tellRefusal(refusal, options),
  });
}

function bugReporter({ metrics, events, log }: PilotOptions): PublisherOptions['onBug'] {
  return (stage, error, proxy) => {
    metrics.internalErrors.add(1);
    const fields = { err: error, stage, proxy: proxy?.name ?? '' };
    log.error(fields, 'a stage threw: what was handed out before stays');
    events.publish({
      type: 'bug',
      severity: 'error',
      message: `pilot made nothing of the configuration (${stage}): ${errorText(error)}`,
    });
  };
}

function refusalReporter({ metrics, events, log }: PilotOptions): ProxySourceOptions['onRefusal'] {
  return ({ node, address, spiffeId }, reason) => {
    metrics.refusedStreams.add(1);
    log.warn({ node: node.id, address, identity: spiffeId ?? '', reason }, 'a stream was refused');
    events.publish({ type: 'stream.refused', severity: 'warning', message: `${node.id}: ${reason}` });
  };
}

function describer(store: Store): ObjectDescriber {
  return (source) => {
    const object: ConfigObject | undefined = store.bySource(source);
    if (object === undefined) return undefined;
    const { version, origin } = object;
    return { version, origin: origin === undefined ? '' : `${origin.file}:${origin.line}` };
  };
}
