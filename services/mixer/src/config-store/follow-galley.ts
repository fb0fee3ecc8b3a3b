import { createMcpSink } from '@quintet/mcp';
import {
  type Clock,
  type Component,
  createChannel,
  type HealthResult,
  type Log,
  MeshError,
  type Random,
  type ServiceIdentity,
} from '@quintet/runtime';
import { POLICY_COLLECTIONS, WORKLOAD_COLLECTIONS } from './collections.ts';
import { createConfigUpdates } from './config-updates.ts';
import type { ConfigStore } from './store.ts';

export type FollowOptions = {
  /** `mcps://host:port` (mTLS) or `mcp://host:port` (plaintext). */
  readonly url: string;
  /** SPIFFE ids that galley may have. */
  readonly peers: readonly string[];
  readonly identity: ServiceIdentity | undefined;
  /** Names this replica to galley. */
  readonly instance: string;
  readonly quietMs: number;
  readonly maxMs: number;
  readonly store: ConfigStore;
  readonly takeOver: (collections: ReadonlySet<string>) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
};

/** Keeps the store as galley has it and has every change put to work. */
export function followGalley(options: FollowOptions): {
  readonly components: readonly Component[];
  /** Whether galley is there; without it the last configuration stays. */
  connection(): HealthResult;
  /** Whether everything that came is at work. */
  isSettled(): boolean;
} {
  const { identity, peers, store, log, clock, random, quietMs, maxMs, takeOver } = options;
  const { address, secure } = parseConfigSource(options.url);
  const channel = createChannel({
    address,
    maxReceiveBytes: MAX_CONFIG_BYTES,
    ...(secure && identity && { credentials: identity.channelCredentials({ peers }) }),
  });
  const updates = createConfigUpdates({
    ...{ store, clock, log, quietMs, maxMs, takeOver },
    complete: () => sink.synced,
  });
  const sink = createMcpSink({
    channel,
    collections: [...POLICY_COLLECTIONS, ...WORKLOAD_COLLECTIONS],
    node: { id: options.instance },
    onChange: updates.onChange,
    ...{ log, clock, random },
  });
  return {
    components: [{ name: 'channel', stop: async () => channel.close() }, updates, sink],
    isSettled: updates.isSettled,
    connection: () =>
      sink.isConnected()
        ? { state: 'ok' }
        : { state: 'degraded', detail: 'galley is away; the last configuration stays' },
  };
}

/** A full set of a collection is one message. */
const MAX_CONFIG_BYTES = 64 * 1024 * 1024;

/** Whether a source of configuration is reached by mTLS. Throws `invalid_argument` for what is no such URL. */
export function isSecureSource(url: string): boolean {
  return parseConfigSource(url).secure;
}

function parseConfigSource(url: string): { readonly address: string; readonly secure: boolean } {
  const [, scheme, address] = /^(mcps?):\/\/([^/]+)\/?$/.exec(url) ?? [];
  if (scheme === undefined || address === undefined) {
    throw new MeshError(
      'invalid_argument',
      `--configStoreURL ${url}: expected mcps://host:port or mcp://host:port (galley reads files and Kubernetes)`,
    );
  }
  return { address, secure: scheme === 'mcps' };
}
