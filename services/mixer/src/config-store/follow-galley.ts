import type { Bus, EventPublisher } from '@quintet/bus';
import { createMcpSink, MCP_WINDOW_BYTES, type McpSink, sinkFallback } from '@quintet/mcp';
import {
  type Clock,
  createChannel,
  type HealthResult,
  type Log,
  type Random,
  type ServiceIdentity,
} from '@quintet/runtime';
import { OPTIONAL_COLLECTIONS, POLICY_COLLECTIONS, WORKLOAD_COLLECTIONS } from './collections.ts';
import type { GalleySource } from './config-source.ts';
import { createConfigUpdates } from './config-updates.ts';
import type { FollowedConfig } from './followed-config.ts';
import type { ConfigStore } from './store.ts';

export type FollowOptions = {
  readonly source: GalleySource;
  /** SPIFFE ids that galley may have. */
  readonly peers: readonly string[];
  readonly identity: ServiceIdentity | undefined;
  /** Names this replica to galley. */
  readonly instance: string;
  readonly quietMs: number;
  readonly maxMs: number;
  readonly store: ConfigStore;
  readonly takeOver: (collections: ReadonlySet<string>) => void;
  readonly bus: Pick<Bus, 'objects'>;
  readonly publisher: EventPublisher;
  /** How long galley may be out of reach at the start before its last configuration is taken from the bus; 0 never. */
  readonly snapshotPatienceMs: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
};

/** Keeps the store as galley has it and has every change put to work; without galley the last configuration stays. */
export function followGalley(options: FollowOptions): FollowedConfig {
  const { identity, peers, store, log, clock, random, quietMs, maxMs, takeOver } = options;
  const { address, secure } = options.source;
  const channel = createChannel({
    address,
    maxReceiveBytes: MAX_CONFIG_BYTES,
    windowBytes: MCP_WINDOW_BYTES,
    ...(secure && identity && { credentials: identity.channelCredentials({ peers }) }),
  });
  const updates = createConfigUpdates({
    ...{ store, clock, log, quietMs, maxMs, takeOver },
    complete: () => sink.synced,
  });
  const sink = createMcpSink({
    channel,
    collections: [...POLICY_COLLECTIONS, ...WORKLOAD_COLLECTIONS],
    optional: OPTIONAL_COLLECTIONS,
    node: { id: options.instance },
    onChange: updates.onChange,
    ...{ log, clock, random },
    ...sinkFallback({
      ...{ events: options.publisher, log, clock },
      objects: options.bus.objects('snapshot'),
      identity: secure ? identity : undefined,
      signers: peers,
      patienceMs: options.snapshotPatienceMs,
    }),
  });
  return {
    components: [{ name: 'channel', stop: async () => channel.close() }, updates, sink],
    isSettled: updates.isSettled,
    connection: () => connectionTo(sink),
  };
}

function connectionTo(sink: McpSink): HealthResult {
  if (sink.isFallback())
    return { state: 'degraded', detail: 'from the snapshot on the bus: galley cannot be reached' };
  if (sink.isConnected()) return { state: 'ok' };
  return { state: 'degraded', detail: 'galley is away; the last configuration stays' };
}

/** A full set of a collection is one message. */
const MAX_CONFIG_BYTES = 64 * 1024 * 1024;
