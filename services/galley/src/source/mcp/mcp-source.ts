import { createDebounce, type DebounceObserver, type DebounceTimes } from '@quintet/files';
import { type CollectionChange, createMcpSink, type SinkObserver } from '@quintet/mcp';
import {
  type ConfigObject,
  type Finding,
  issueFromFinding,
  kindByCollection,
  resourceKey,
  unrealised,
  validateObject,
} from '@quintet/model';
import type { Channel, Clock, HealthResult, Log, Random } from '@quintet/runtime';
import type { ConfigItem, Source, SourceOptions } from '../../store/source.ts';
import { COLLECTIONS, OPTIONAL_COLLECTIONS } from './collections.ts';

export const MCP = 'mcp';

export type McpSourceOptions = SourceOptions &
  DebounceTimes & {
    /** The connection to the source; closed with this one. */
    readonly channel: Channel;
    /** Names this replica to the source. */
    readonly instance: string;
    /** Checks that need more than the model knows, such as those of mixer's expressions. */
    readonly alsoCheck: (object: ConfigObject) => readonly Finding[];
    readonly clock: Clock;
    readonly log: Log;
    readonly random: Random;
    readonly debounceObserver?: DebounceObserver;
    readonly observer?: SinkObserver;
  };

/**
 * Another galley, ours or classic, as a source. What it hands out is checked again: an object that does not pass is held
 * back alone. While it is away, and while it starts anew, its last objects stay.
 */
export function createMcpConfigSource(options: McpSourceOptions): Source {
  const { channel, clock, log, random, onBatch, quietMs, maxMs, observer, debounceObserver } = options;
  const pending = new Pending(options.alsoCheck);
  const debounce = createDebounce({
    ...{ quietMs, maxMs, clock },
    ...(debounceObserver && { observer: debounceObserver }),
    run: () => onBatch({ source: MCP, synced: sink.isSynced(), ...pending.drain() }),
  });
  const sink = createMcpSink({
    name: MCP,
    channel,
    collections: COLLECTIONS,
    optional: OPTIONAL_COLLECTIONS,
    node: { id: `galley~${options.instance}` },
    onChange(change) {
      pending.add(change);
      debounce.trigger();
    },
    ...{ clock, log, random },
    ...(observer && { observer }),
  });
  return {
    name: MCP,
    health: () => health(sink, channel.address),
    async start() {
      await sink.start?.();
      // The last collection may be one that is not waited for any longer, and then brings no change.
      void sink.synced.then(() => debounce.trigger());
    },
    async stop(signal) {
      debounce.stop();
      await sink.stop?.(signal);
      channel.close();
    },
  };
}

function health(sink: { isSynced(): boolean; isConnected(): boolean }, address: string): HealthResult {
  if (!sink.isSynced()) return { state: 'failed', detail: `no complete configuration from ${address} yet` };
  return sink.isConnected() ? { state: 'ok' } : { state: 'degraded', detail: `not connected to ${address}` };
}

/** Changes that were acknowledged and wait to be handed over. */
class Pending {
  readonly #alsoCheck: (object: ConfigObject) => readonly Finding[];
  readonly #put = new Map<string, ConfigItem>();
  readonly #removed = new Set<string>();
  /** Keys of everything the source has, by collection: a full set says what is gone by not naming it. */
  readonly #known = new Map<string, Set<string>>();

  constructor(alsoCheck: (object: ConfigObject) => readonly Finding[]) {
    this.#alsoCheck = alsoCheck;
  }

  add({ collection, full, updated, removed }: CollectionChange): void {
    const known = this.#known.get(collection) ?? new Set();
    this.#known.set(collection, known);
    const items = updated.map((object) => itemOf(object, this.#alsoCheck));
    const present = new Set(items.map(({ key }) => key));
    const kind = kindByCollection(collection)?.kind ?? '';
    const gone = full
      ? [...known].filter((key) => !present.has(key))
      : removed.map((name) => (name.includes('/') ? `${kind}/${name}` : `${kind}//${name}`));
    for (const key of gone) {
      known.delete(key);
      this.#put.delete(key);
      this.#removed.add(key);
    }
    for (const item of items) {
      known.add(item.key);
      this.#removed.delete(item.key);
      this.#put.set(item.key, item);
    }
  }

  drain(): { readonly put: readonly ConfigItem[]; readonly removed: readonly string[] } {
    const drained = { put: [...this.#put.values()], removed: [...this.#removed] };
    this.#put.clear();
    this.#removed.clear();
    return drained;
  }
}

function itemOf(object: ConfigObject, alsoCheck: (object: ConfigObject) => readonly Finding[]): ConfigItem {
  const { kind, namespace, name, origin = { file: '', line: 0 } } = object;
  const resource = { kind, namespace, name };
  const also = alsoCheck(object).map((finding) => issueFromFinding(finding, { resource, origin }));
  const issues = [...validateObject(object), ...also, ...unrealised(object)];
  const valid = issues.every((issue) => issue.severity !== 'error');
  return { kind: 'config', key: resourceKey(resource), resource, origin, issues, ...(valid && { object }) };
}
