import type { HandlerEnv } from '../adapters/adapter.ts';
import type { RuleTable } from '../rules/table.ts';
import { type CacheEvents, createCheckCache } from './check-cache.ts';
import type { LiveHandler, RuntimeSnapshot } from './snapshot.ts';

export type RuntimeOptions = {
  readonly cacheSize: number;
  readonly cacheEvents: CacheEvents;
  /** What the handler of a name (`<name>.<namespace>`) may use. */
  readonly envFor: (name: string) => HandlerEnv;
  readonly events: {
    built(name: string): void;
    reused(name: string): void;
    closed(name: string): void;
    buildFailed(name: string, error: unknown): void;
    closeFailed(name: string, error: unknown): void;
  };
};

/** The snapshot in use and how it is replaced. */
export type Runtime = {
  /** Undefined until the first table. */
  current(): RuntimeSnapshot | undefined;
  /** Puts a table to work at once: handlers with the signature they had are kept, the others built anew or closed. */
  publish(table: RuleTable): void;
  /** Closes every handler. */
  close(): void;
};

/** A runtime without a table. */
export function createRuntime(options: RuntimeOptions): Runtime {
  let snapshot: RuntimeSnapshot | undefined;
  const replace = (next: RuntimeSnapshot | undefined) => {
    const before = snapshot;
    snapshot = next;
    const kept = new Set([...(next?.handlers.values() ?? [])].map(({ handler }) => handler));
    for (const live of before?.handlers.values() ?? []) if (!kept.has(live.handler)) close(live, options);
  };
  return {
    current: () => snapshot,
    publish: (table) => {
      const handlers = liveHandlers(table, snapshot, options);
      const cache = createCheckCache(options.cacheSize, options.cacheEvents);
      replace({ table, handlers, cache, rulesFor: table.rulesFor });
    },
    close: () => replace(undefined),
  };
}

function liveHandlers(
  table: RuleTable,
  before: RuntimeSnapshot | undefined,
  { envFor, events }: RuntimeOptions,
): ReadonlyMap<string, LiveHandler> {
  const handlers = new Map<string, LiveHandler>();
  for (const [key, { name, adapter, signature, build }] of table.handlers) {
    const known = before?.handlers.get(key);
    if (known !== undefined && known.signature === signature) {
      handlers.set(key, known);
      events.reused(name);
      continue;
    }
    try {
      handlers.set(key, { name, adapter, signature, handler: build(envFor(name)) });
      events.built(name);
    } catch (error) {
      events.buildFailed(name, error);
    }
  }
  return handlers;
}

function close({ name, handler }: LiveHandler, { events }: RuntimeOptions): void {
  try {
    handler.close?.();
    events.closed(name);
  } catch (error) {
    events.closeFailed(name, error);
  }
}
