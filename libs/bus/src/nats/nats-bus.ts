import {
  type Clock,
  type Component,
  type Instruments,
  type Log,
  MeshError,
  type Metrics,
} from '@quintet/runtime';
import type { NatsConnection, Subscription as NatsSubscription } from 'nats';
import type { Bus, Subscription } from '../bus.ts';
import { decode, encode } from '../codec.ts';
import { collectReplies } from '../collect-replies.ts';
import { BUS_METRICS } from '../metrics.ts';
import type { Principal } from '../principals.ts';
import { subjectFilter, subjectName } from '../subject-name.ts';
import {
  BUCKETS,
  OBJECT_STORES,
  REQUESTS,
  requestSchemas,
  SUBJECTS,
  type SubjectRow,
  subjectSchema,
} from '../subjects.ts';
import { createConnection } from './connection.ts';
import type { BusCredentials } from './credentials.ts';
import { createNatsKeyValue } from './nats-key-value.ts';
import { createNatsObjects } from './nats-objects.ts';
import { ensureStream, replayStream } from './stream.ts';

export type NatsBusOptions = {
  /** `host:port` each. */
  readonly servers: readonly string[];
  readonly principal: Principal;
  readonly credentials: BusCredentials;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** A subscription that comes into force whenever there is a connection. */
type Standing = { attach(connection: NatsConnection): NatsSubscription; live?: NatsSubscription };

/** The bus over NATS. */
export function createNatsBus(options: NatsBusOptions): Bus {
  const { principal, clock } = options;
  const log = options.log.child({ component: 'bus' });
  const metrics = options.metrics.create(BUS_METRICS);
  const standing = new Set<Standing>();
  metrics.connected.set(0);
  const connection = createConnection({
    ...options,
    log,
    onConnected(nc, first) {
      metrics.connected.set(1);
      // The client restores subscriptions of a connection that it made again; a new one has none.
      if (first) for (const one of standing) one.live = one.attach(nc);
      for (const row of Object.values<SubjectRow>(SUBJECTS)) {
        if (row.stream !== undefined && row.publishers.includes(principal)) void ensureStream(nc, row, log);
      }
    },
    onDisconnected: () => metrics.connected.set(0),
  });
  const stand = (one: Standing): Subscription => {
    standing.add(one);
    const nc = connection.current();
    if (nc !== undefined) one.live = one.attach(nc);
    return {
      stop() {
        standing.delete(one);
        one.live?.unsubscribe();
      },
    };
  };
  return {
    ...componentOf(connection),
    status: connection.health,
    connected: connection.connected,
    publish(key, params, message) {
      const row: SubjectRow = SUBJECTS[key];
      const subject = subjectName(row.pattern, params);
      const bytes = encode(row.schema, message);
      const nc = connection.current();
      if (nc === undefined) return metrics.dropped.add(1, { subject: key });
      nc.publish(subject, bytes);
      metrics.published.add(1, { subject: key });
    },
    subscribe(key, { params, queue }, onMessage) {
      const row = SUBJECTS[key];
      const read = guarded({ key, log, metrics });
      return stand({
        attach: (nc) =>
          nc.subscribe(subjectFilter(row.pattern, params), {
            ...(queue === undefined ? {} : { queue }),
            callback: (error, message) =>
              read(error, () => onMessage(decode(subjectSchema(key), message.data), message.subject)),
          }),
      });
    },
    replay: (key, replay) =>
      replayStream(connection.require(), { row: SUBJECTS[key], schema: subjectSchema(key), ...replay }),
    respond(key, answer) {
      const { request, reply } = requestSchemas(key);
      const read = guarded({ key, log, metrics });
      return stand({
        attach: (nc) =>
          nc.subscribe(REQUESTS[key].pattern, {
            callback: (error, message) =>
              read(error, async () => {
                message.respond(encode(reply, await answer(decode(request, message.data))));
              }),
          }),
      });
    },
    async requestMany(key, question, how) {
      const { request, reply } = requestSchemas(key);
      const nc = connection.require();
      const inbox = `_INBOX.${principal}.${crypto.randomUUID()}`;
      return collectReplies({
        ...how,
        clock,
        start(onReply, onNobody) {
          const subscription = nc.subscribe(inbox, {
            callback(error, message) {
              if (error !== null) return;
              // NATS answers in nobody's name with a header when there is no responder.
              if (message.headers?.code === 503) onNobody();
              else onReply(decode(reply, message.data));
            },
          });
          nc.publish(REQUESTS[key].pattern, encode(request, question), { reply: inbox });
          return () => subscription.unsubscribe();
        },
      });
    },
    keyValue: (key) => createNatsKeyValue(connection, BUCKETS[key]),
    objects: (key) => createNatsObjects(connection, OBJECT_STORES[key]),
  };
}

function componentOf(connection: ReturnType<typeof createConnection>): Component {
  const { name, start, stop, health } = connection;
  return {
    name,
    ...(start === undefined ? {} : { start }),
    ...(stop === undefined ? {} : { stop }),
    checks: [{ name, check: health }],
  };
}

type Guard = { readonly key: string; readonly log: Log; readonly metrics: Instruments<typeof BUS_METRICS> };

/** Reads one message: what is broken is dropped and counted, what throws is a bug and logged; neither ends the subscription. */
function guarded({ key, log, metrics }: Guard) {
  return (error: unknown, work: () => void | Promise<void>): void => {
    const failed = (thrown: unknown) => {
      metrics.dropped.add(1, { subject: key });
      if (thrown instanceof MeshError) log.warn({ err: thrown, subject: key }, 'a message was not read');
      else log.error({ err: thrown, subject: key }, 'a subscriber threw: this is a bug');
    };
    if (error !== null) {
      failed(new MeshError('permission_denied', `subscription ended: ${error}`));
      return;
    }
    void (async () => work())().catch(failed);
  };
}
