import { type Clock, type Log, MeshError } from '@quintet/runtime';
import type { Bus, KeyValue, ObjectStore, Subscription } from '../bus.ts';
import { decode, encode } from '../codec.ts';
import { collectReplies } from '../collect-replies.ts';
import { permissionsFor } from '../permissions.ts';
import type { Principal } from '../principals.ts';
import { subjectFilter, subjectMatches, subjectName } from '../subject-name.ts';
import {
  BUCKETS,
  OBJECT_STORES,
  REQUESTS,
  requestSchemas,
  SUBJECTS,
  type SubjectRow,
  subjectSchema,
} from '../subjects.ts';
import { createMemoryHub, type MemoryHub } from './memory-hub.ts';
import { createMemoryKeyValue } from './memory-key-value.ts';

/** A bus without a server, for all that are in one program. The twin of the one over NATS, for tests and tools. */
export type MemoryBus = {
  connect(options: { readonly principal: Principal; readonly clock: Clock; readonly log: Log }): Bus;
  /** As if the server were gone, and back. */
  setUp(up: boolean): void;
};

export function createMemoryBus(): MemoryBus {
  const hub = createMemoryHub();
  return { setUp: hub.setUp, connect: (options) => connect(hub, options) };
}

type ConnectOptions = { readonly principal: Principal; readonly clock: Clock; readonly log: Log };

function connect(hub: MemoryHub, { principal, clock, log }: ConnectOptions): Bus {
  const permissions = permissionsFor(principal);
  const may = (filters: readonly string[], subject: string) =>
    filters.some((f) => subjectMatches(f, subject));
  const subscriptions = new Set<Subscription>();
  const keep = (subscription: Subscription) => {
    subscriptions.add(subscription);
    return {
      stop() {
        subscriptions.delete(subscription);
        subscription.stop();
      },
    };
  };
  const requireUp = () => {
    if (!hub.isUp()) throw new MeshError('unavailable', 'the bus is not connected');
  };
  const guarded = (work: () => void | Promise<void>) => {
    void (async () => work())().catch((err: unknown) => log.warn({ err }, 'a message was not read'));
  };
  const status = () =>
    hub.isUp()
      ? { state: 'ok' as const }
      : { state: 'degraded' as const, detail: 'no connection to the bus' };
  return {
    name: 'bus',
    checks: [{ name: 'bus', check: status }],
    status,
    connected: async () => requireUp(),
    stop() {
      for (const subscription of subscriptions) subscription.stop();
    },
    publish(key, params, message) {
      const row: SubjectRow = SUBJECTS[key];
      const subject = subjectName(row.pattern, params);
      if (!may(permissions.publish, subject)) return log.warn({ subject }, 'the bus refused');
      if (hub.isUp()) hub.publish({ subject, data: encode(row.schema, message) });
    },
    subscribe(key, { params, queue }, onMessage) {
      const filter = subjectFilter(SUBJECTS[key].pattern, params);
      if (!may(permissions.subscribe, filter)) {
        log.warn({ subject: filter }, 'the bus refused');
        return { stop: () => {} };
      }
      return keep(
        hub.subscribe({
          filter,
          ...(queue === undefined ? {} : { queue }),
          onMessage: ({ subject, data }) =>
            guarded(() => onMessage(decode(subjectSchema(key), data), subject)),
        }),
      );
    },
    async *replay(key, { params, last, follow, signal }) {
      requireUp();
      const filter = subjectFilter(SUBJECTS[key].pattern, params);
      const from = last === undefined ? 0 : Math.max(0, hub.kept().length - last);
      for await (const { subject, data } of hub.replay({
        from,
        follow,
        ...(signal === undefined ? {} : { signal }),
      })) {
        if (subjectMatches(filter, subject)) yield decode(subjectSchema(key), data);
      }
    },
    respond(key, answer) {
      const { pattern } = REQUESTS[key];
      const { request, reply } = requestSchemas(key);
      if (!may(permissions.subscribe, pattern)) {
        log.warn({ subject: pattern }, 'the bus refused');
        return { stop: () => {} };
      }
      const onMessage = ({ data, reply: to }: { data: Uint8Array; reply?: string }) =>
        guarded(async () => {
          const answered = encode(reply, await answer(decode(request, data)));
          if (to !== undefined && hub.isUp()) hub.publish({ subject: to, data: answered });
        });
      return keep(hub.subscribe({ filter: pattern, onMessage }));
    },
    async requestMany(key, question, how) {
      requireUp();
      const { pattern } = REQUESTS[key];
      const { request, reply } = requestSchemas(key);
      const inbox = `_INBOX.${principal}.${crypto.randomUUID()}`;
      return collectReplies({
        ...how,
        clock,
        start(onReply, onNobody) {
          const listening = hub.subscribe({
            filter: inbox,
            onMessage: ({ data }) => onReply(decode(reply, data)),
          });
          const reached = may(permissions.publish, pattern)
            ? hub.publish({ subject: pattern, data: encode(request, question), reply: inbox })
            : 0;
          if (reached === 0) queueMicrotask(onNobody);
          return listening.stop;
        },
      });
    },
    keyValue: (key): KeyValue =>
      createMemoryKeyValue(hub.bucket(BUCKETS[key].name), { row: BUCKETS[key], principal, requireUp }),
    objects: (key): ObjectStore => memoryObjects(hub.objects(OBJECT_STORES[key].name), requireUp),
  };
}

function memoryObjects(objects: Map<string, Uint8Array>, requireUp: () => void): ObjectStore {
  return {
    async put(name, bytes) {
      requireUp();
      objects.set(name, bytes.slice());
    },
    async get(name) {
      requireUp();
      return objects.get(name);
    },
  };
}
