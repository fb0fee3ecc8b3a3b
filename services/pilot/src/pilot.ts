import type { EventPublisher } from '@quintet/bus';
import type { CollectionChange } from '@quintet/mcp';
import type { ConfigObject } from '@quintet/model';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { type Clock, errorText, type Log } from '@quintet/runtime';
import { createDiscovery, type Discovery, type StreamInfo } from '@quintet/xds';
import type { Generator } from './generate/generator.ts';
import type { PilotMetrics } from './metrics.ts';
import { createIssueReporter } from './publish/issue-reporter.ts';
import { createPublisher, type Publisher } from './publish/publisher.ts';
import { reportWorld } from './publish/report-world.ts';
import type { ConnectedProxy } from './status/proxies.ts';
import type { ObjectDescriber } from './status/status-reply.ts';
import { createDebounce } from './store/debounce.ts';
import { createStore, type Store } from './store/store.ts';
import { observeStreams } from './stream/observe-streams.ts';
import { createProxySource } from './stream/proxy-source.ts';
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
  /** Whether the newest world holds every change that arrived. */
  readonly isSettled: () => boolean;
  readonly stop: () => void;
};

/** Store → debounce → world → for each proxy what it is handed → stream. */
export function createPilot(options: PilotOptions): Pilot {
  const { generator, staticClusters, isSynced, metrics, log, clock } = options;
  let changedAt = clock.now();
  let firstChange: number | undefined;
  const issues = createIssueReporter(options);
  const publisher = createPublisher({
    generator,
    staticClusters,
    press: createPress(envoyRegistry),
    onIssues: issues.report,
    onBug(stage, error, proxy) {
      metrics.internalErrors.add(1);
      log.error(
        { err: error, stage, proxy: proxy?.name ?? '' },
        'a stage threw: what was handed out before stays',
      );
      options.events.publish({
        type: 'bug',
        severity: 'error',
        message: `pilot made nothing of the configuration (${stage}): ${errorText(error)}`,
      });
    },
  });
  const debounce = createDebounce({
    clock,
    quietMs: options.debounceMs,
    maxMs: options.debounceMaxMs,
    run() {
      if (!isSynced()) return;
      changedAt = firstChange ?? clock.now();
      firstChange = undefined;
      const start = clock.monotonic();
      publisher.publish(store.objects());
      metrics.buildTime.record((clock.monotonic() - start) / 1000);
      reportWorld({ ...options, publisher, store, issues });
    },
  });
  const touch = () => {
    firstChange ??= clock.now();
    debounce.touch();
  };
  const store = createStore((collection) => {
    metrics.inboundUpdates.add(1, { type: collection.endsWith('/serviceentries') ? 'svc' : 'config' });
    touch();
  });
  const describe = describer(store);
  const onRefusal = (
    { node, address, spiffeId }: { node: { id: string }; address: string; spiffeId: string | undefined },
    reason: string,
  ) => {
    metrics.refusedStreams.add(1);
    log.warn({ node: node.id, address, identity: spiffeId ?? '', reason }, 'a stream was refused');
    options.events.publish({ type: 'stream.refused', severity: 'warning', message: `${node.id}: ${reason}` });
  };
  const sources = {
    secure: createProxySource({ publisher, needsIdentity: true, onRefusal }),
    plaintext: createProxySource({ publisher, needsIdentity: false, onRefusal }),
  };
  const connection = ({ node }: StreamInfo) =>
    sources.secure.connection(node) ?? sources.plaintext.connection(node);
  const observer = observeStreams({ ...options, connection, changedAt: () => changedAt, describe });
  const secure = createDiscovery({ source: sources.secure, clock, observer, patienceMs: options.patienceMs });
  const plaintext = createDiscovery({
    source: sources.plaintext,
    clock,
    observer,
    patienceMs: options.patienceMs,
  });
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
    isSettled: () => firstChange === undefined,
    stop: debounce.stop,
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
