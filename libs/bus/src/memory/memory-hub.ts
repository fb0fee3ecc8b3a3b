import type { Subscription } from '../bus.ts';
import { subjectFilter, subjectMatches } from '../subject-name.ts';
import { SUBJECTS, type SubjectRow } from '../subjects.ts';

export type HubMessage = { readonly subject: string; readonly data: Uint8Array; readonly reply?: string };

/** Somebody who wants messages. */
export type HubListener = {
  readonly filter: string;
  readonly queue?: string;
  onMessage(message: HubMessage): void;
};

export type Bucket = {
  revision: number;
  readonly entries: Map<string, { value: Uint8Array; revision: number }>;
  readonly watchers: Set<(key: string, value: Uint8Array | undefined, revision: number) => void>;
};

/** What a server would be: who listens, and what is kept. */
export type MemoryHub = {
  isUp(): boolean;
  setUp(up: boolean): void;
  /** Returns to how many listeners it goes. */
  publish(message: HubMessage): number;
  subscribe(listener: HubListener): Subscription;
  kept(): readonly HubMessage[];
  replay(options: { from: number; follow: boolean; signal?: AbortSignal }): AsyncIterable<HubMessage>;
  bucket(name: string): Bucket;
  objects(name: string): Map<string, Uint8Array>;
};

const STREAMS = Object.values<SubjectRow>(SUBJECTS).filter((row) => row.stream !== undefined);

export function createMemoryHub(): MemoryHub {
  let up = true;
  const listeners = new Set<HubListener>();
  const kept: HubMessage[] = [];
  const buckets = new Map<string, Bucket>();
  const stores = new Map<string, Map<string, Uint8Array>>();
  let turn = 0;
  return {
    isUp: () => up,
    setUp: (value) => {
      up = value;
    },
    kept: () => kept,
    publish(message) {
      const stream = STREAMS.find((row) => subjectMatches(subjectFilter(row.pattern), message.subject));
      if (stream !== undefined) {
        kept.push(message);
        if (kept.length > (stream.stream?.maxMessages ?? 0)) kept.shift();
      }
      const matching = [...listeners].filter((l) => subjectMatches(l.filter, message.subject));
      const receivers = oneOfEachQueue(matching, turn++);
      // Never within the call of the publisher, as it is over a network.
      for (const receiver of receivers)
        queueMicrotask(() => listeners.has(receiver) && receiver.onMessage(message));
      return receivers.length;
    },
    subscribe(listener) {
      listeners.add(listener);
      return { stop: () => void listeners.delete(listener) };
    },
    replay: (options) => replayKept({ kept, listeners, ...options }),
    bucket: (name) =>
      getOrMake(buckets, name, () => ({ revision: 0, entries: new Map(), watchers: new Set() })),
    objects: (name) => getOrMake(stores, name, () => new Map()),
  };
}

type Replay = {
  readonly kept: readonly HubMessage[];
  readonly listeners: Set<HubListener>;
  readonly from: number;
  readonly follow: boolean;
  readonly signal?: AbortSignal;
};

async function* replayKept({
  kept,
  listeners,
  from,
  follow,
  signal,
}: Replay): AsyncGenerator<HubMessage, void, void> {
  let wake: (() => void) | undefined;
  const stop = () => wake?.();
  const waker: HubListener = { filter: '>', onMessage: stop };
  signal?.addEventListener('abort', stop, { once: true });
  if (follow) listeners.add(waker);
  try {
    for (let i = from; signal?.aborted !== true; ) {
      const message = kept[i];
      if (message !== undefined) {
        i++;
        yield message;
      } else if (!follow) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    listeners.delete(waker);
    signal?.removeEventListener('abort', stop);
  }
}

/** Everybody without a queue, and of each queue one, in turn. */
function oneOfEachQueue(listeners: readonly HubListener[], turn: number): HubListener[] {
  const queues = new Map<string, HubListener[]>();
  const alone: HubListener[] = [];
  for (const listener of listeners) {
    if (listener.queue === undefined) alone.push(listener);
    else getOrMake(queues, listener.queue, () => []).push(listener);
  }
  return [...alone, ...[...queues.values()].flatMap((members) => members[turn % members.length] ?? [])];
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}
