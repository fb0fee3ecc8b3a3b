import { type Clock, type Log, MeshError } from '@quintet/runtime';
import type { Bus, ObjectStore, Subscription } from '../bus.ts';
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
import { createMemoryHub, type HubListener, type MemoryHub } from './memory-hub.ts';
import { createMemoryKeyValue } from './memory-key-value.ts';

/** A bus without a server, for all that are in one program. The twin of the one over NATS, for tests and tools. */
export type MemoryBus = {
  connect(options: MemoryClientOptions): Bus;
  /** As if the server were gone, and back. */
  setUp(up: boolean): void;
};

export type MemoryClientOptions = { readonly principal: Principal; readonly clock: Clock; readonly log: Log };

export function createMemoryBus(): MemoryBus {
  const hub = createMemoryHub();
  return { setUp: hub.setUp, connect: (options) => connect(hub, options) };
}

/** The hub as one principal may use it. */
type Client = MemoryClientOptions & {
  readonly hub: MemoryHub;
  mayPublish(subject: string): boolean;
  /** Refused and logged where the table does not allow it; ends with the bus. */
  subscribe(listener: HubListener): Subscription;
  /** Throws `unavailable` while the hub is down. */
  requireUp(): void;
  /** Reads one message; what is broken or throws is logged. */
  read(work: () => void | Promise<void>): void;
  stop(): void;
};

function connect(hub: MemoryHub, options: MemoryClientOptions): Bus {
  const client = createClient(hub, options);
  const { principal } = options;
  const { requireUp } = client;
  const status: Bus['status'] = () =>
    hub.isUp() ? { state: 'ok' } : { state: 'degraded', detail: 'no connection to the bus' };
  return {
    name: 'bus',
    checks: [{ name: 'bus', check: status }],
    status,
    connected: async () => requireUp(),
    stop: client.stop,
    ...subjectsInMemory(client),
    ...requestsInMemory(client),
    keyValue: (key) =>
      createMemoryKeyValue(hub.bucket(BUCKETS[key].name), { row: BUCKETS[key], principal, requireUp }),
    objects: (key) => memoryObjects(hub.objects(OBJECT_STORES[key].name), requireUp),
  };
}

function createClient(hub: MemoryHub, options: MemoryClientOptions): Client {
  const { principal, log } = options;
  const permissions = permissionsFor(principal);
  const subscriptions = new Set<Subscription>();
  return {
    ...options,
    hub,
    mayPublish: (subject) => permissions.publish.some((filter) => subjectMatches(filter, subject)),
    subscribe(listener) {
      if (!permissions.subscribe.some((filter) => subjectMatches(filter, listener.filter))) {
        log.warn({ subject: listener.filter }, 'the bus refused');
        return { stop: () => {} };
      }
      const subscription = hub.subscribe(listener);
      subscriptions.add(subscription);
      return {
        stop() {
          subscriptions.delete(subscription);
          subscription.stop();
        },
      };
    },
    requireUp() {
      if (!hub.isUp()) throw new MeshError('unavailable', 'the bus is not connected');
    },
    read(work) {
      void (async () => work())().catch((err: unknown) => log.warn({ err }, 'a message was not read'));
    },
    stop() {
      for (const subscription of subscriptions) subscription.stop();
    },
  };
}

function subjectsInMemory(client: Client): Pick<Bus, 'publish' | 'subscribe' | 'replay'> {
  const { hub, log } = client;
  return {
    publish(key, params, message) {
      const row: SubjectRow = SUBJECTS[key];
      const subject = subjectName(row.pattern, params);
      if (!client.mayPublish(subject)) return log.warn({ subject }, 'the bus refused');
      if (hub.isUp()) hub.publish({ subject, data: encode(row.schema, message) });
    },
    subscribe: (key, { params, queue }, onMessage) =>
      client.subscribe({
        filter: subjectFilter(SUBJECTS[key].pattern, params),
        ...(queue === undefined ? {} : { queue }),
        onMessage: ({ subject, data }) =>
          client.read(() => onMessage(decode(subjectSchema(key), data), subject)),
      }),
    async *replay(key, { params, last, follow, signal }) {
      client.requireUp();
      const filter = subjectFilter(SUBJECTS[key].pattern, params);
      const from = last === undefined ? 0 : Math.max(0, hub.kept().length - last);
      const messages = hub.replay({ from, follow, ...(signal === undefined ? {} : { signal }) });
      for await (const { subject, data } of messages) {
        if (subjectMatches(filter, subject)) yield decode(subjectSchema(key), data);
      }
    },
  };
}

function requestsInMemory(client: Client): Pick<Bus, 'respond' | 'requestMany'> {
  const { hub, principal, clock } = client;
  return {
    respond(key, answer) {
      const { request, reply } = requestSchemas(key);
      return client.subscribe({
        filter: REQUESTS[key].pattern,
        onMessage: ({ data, reply: to }) =>
          client.read(async () => {
            const answered = encode(reply, await answer(decode(request, data)));
            if (to !== undefined && hub.isUp()) hub.publish({ subject: to, data: answered });
          }),
      });
    },
    async requestMany(key, question, how) {
      client.requireUp();
      const { pattern } = REQUESTS[key];
      const { request, reply } = requestSchemas(key);
      const inbox = `_INBOX.${principal}.${crypto.randomUUID()}`;
      return collectReplies({
        ...how,
        clock,
        start(onReply, onNobody) {
          const onMessage: HubListener['onMessage'] = ({ data }) => onReply(decode(reply, data));
          const listening = client.subscribe({ filter: inbox, onMessage });
          const message = { subject: pattern, data: encode(request, question), reply: inbox };
          const reached = client.mayPublish(pattern) ? hub.publish(message) : 0;
          if (reached === 0) queueMicrotask(onNobody);
          return listening.stop;
        },
      });
    },
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
