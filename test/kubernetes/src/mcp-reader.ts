import { type CollectionChange, createMcpSink, resourceName } from '@quintet/mcp';
import type { ConfigObject } from '@quintet/model';
import { createChannel, silentLog, systemClock } from '@quintet/runtime';

/** A sink that keeps what it is told, and how it came about. */
export type McpReader = {
  /** What it has, by name. */
  objects(collection: string): ReadonlyMap<string, ConfigObject>;
  /** Names that it was told are gone, or that a full set left out, in order. */
  readonly removed: readonly string[];
  /** Settled when it has everything. */
  readonly synced: Promise<void>;
  /** Whether a stream is open that has said something. */
  isConnected(): boolean;
  /** Waits until `holds`, asked after each change; fails after `timeoutMs` with what `describe` says. */
  until(holds: () => boolean, options: UntilOptions): Promise<void>;
  stop(): Promise<void>;
};

export type UntilOptions = {
  readonly describe: () => string;
  /** Milliseconds; 30 s unless given. */
  readonly timeoutMs?: number;
};

const MAX_RECEIVE_BYTES = 64 * 1024 ** 2;

/** Connects to a source in plaintext, and again whenever it is gone. */
export async function startMcpReader(options: {
  readonly address: string;
  readonly collections: readonly string[];
  readonly id?: string;
  /** Told of each change when it was applied. */
  readonly onChange?: (change: CollectionChange) => void;
}): Promise<McpReader> {
  const { address, collections, id = 'reader', onChange } = options;
  const held = new Map(collections.map((name) => [name, new Map<string, ConfigObject>()]));
  const removed: string[] = [];
  const waiting = new Set<() => void>();
  const channel = createChannel({ address, maxReceiveBytes: MAX_RECEIVE_BYTES });
  const sink = createMcpSink({
    ...{ channel, collections, node: { id } },
    onChange(change) {
      removed.push(...apply(held.get(change.collection) ?? new Map(), change));
      onChange?.(change);
      for (const ask of waiting) ask();
    },
    ...{ log: silentLog, clock: systemClock, random: Math.random },
    reconnect: { initialMs: 20, maxMs: 200 },
  });
  await sink.start?.();
  return {
    ...{ removed, synced: sink.synced },
    objects: (collection) => held.get(collection) ?? new Map(),
    isConnected: sink.isConnected,
    async until(holds, { describe, timeoutMs = 30_000 }) {
      if (holds()) return;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const ask = () => {
        if (holds()) resolve();
      };
      const timer = setTimeout(
        () => reject(new Error(`not within ${timeoutMs} ms: ${describe()}`)),
        timeoutMs,
      );
      waiting.add(ask);
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(ask);
      }
    },
    async stop() {
      await sink.stop?.(AbortSignal.timeout(1000));
      channel.close();
    },
  };
}

/** Answers the names that are gone. */
function apply(held: Map<string, ConfigObject>, { full, updated, removed }: CollectionChange): string[] {
  const names = new Set(updated.map(resourceName));
  const gone = full ? [...held.keys()].filter((name) => !names.has(name)) : removed;
  for (const name of gone) held.delete(name);
  for (const object of updated) held.set(resourceName(object), object);
  return [...gone];
}
