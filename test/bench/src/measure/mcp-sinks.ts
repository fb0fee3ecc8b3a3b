import { type CollectionChange, createMcpSink } from '@quintet/mcp';
import { createChannel, silentLog, systemClock } from '@quintet/runtime';

/** Some sinks of one source. */
export type Sinks = {
  /**
   * Resolves when every sink has been told of an object that `matches`, with the time of the last one (monotonic, ms);
   * rejects when that takes longer than half a minute.
   */
  arrival(matches: (change: CollectionChange) => boolean): Promise<number>;
  /** Resolves when every sink has everything, with that time. */
  synced(): Promise<number>;
  stop(): Promise<void>;
};

const LIMIT_MS = 30_000;
const MAX_RECEIVE_BYTES = 64 * 1024 ** 2;

/** Connects `count` sinks, each with a connection of its own. */
export async function connectSinks(options: {
  readonly address: string;
  readonly count: number;
  readonly collections: readonly string[];
}): Promise<Sinks> {
  const { address, count, collections } = options;
  let onChange: (index: number, change: CollectionChange) => void = () => {};
  const sinks = Array.from({ length: count }, (_, index) => {
    const channel = createChannel({ address, maxReceiveBytes: MAX_RECEIVE_BYTES });
    const sink = createMcpSink({
      channel,
      collections,
      node: { id: `bench-${index}` },
      onChange: (change) => onChange(index, change),
      log: silentLog,
      clock: systemClock,
      random: Math.random,
    });
    return { channel, sink };
  });
  for (const { sink } of sinks) await sink.start?.();
  return {
    arrival: (matches) =>
      new Promise((resolve, reject) => {
        const waiting = new Set(sinks.keys());
        const timer = setTimeout(() => {
          reject(new Error(`no such change at ${waiting.size} of ${count} sinks within ${LIMIT_MS} ms`));
        }, LIMIT_MS);
        onChange = (index, change) => {
          if (waiting.has(index) && matches(change)) waiting.delete(index);
          if (waiting.size > 0) return;
          clearTimeout(timer);
          resolve(performance.now());
        };
      }),
    async synced() {
      await Promise.all(sinks.map(({ sink }) => sink.synced));
      return performance.now();
    },
    async stop() {
      for (const { sink, channel } of sinks) {
        await sink.stop?.(AbortSignal.timeout(1000));
        channel.close();
      }
    },
  };
}
