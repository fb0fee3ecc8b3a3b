import type { Clock, Component, Log, Metrics } from '@quintet/runtime';
import type { Bus } from '../bus.ts';
import { decode, encode } from '../codec.ts';
import { BUS_METRICS } from '../metrics.ts';
import type { Principal } from '../principals.ts';
import { subjectFilter, subjectName } from '../subject-name.ts';
import { BUCKETS, OBJECT_STORES, SUBJECTS, type SubjectRow, subjectSchema } from '../subjects.ts';
import { type Connection, createConnection } from './connection.ts';
import type { BusCredentials } from './credentials.ts';
import { createNatsKeyValue } from './nats-key-value.ts';
import { createNatsObjects } from './nats-objects.ts';
import type { NatsParts } from './nats-parts.ts';
import { requestsOverNats } from './nats-requests.ts';
import { readGuarded } from './read-guarded.ts';
import { createStandingSubscriptions } from './standing-subscriptions.ts';
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

/** The bus over NATS. */
export function createNatsBus(options: NatsBusOptions): Bus {
  const { principal, clock } = options;
  const log = options.log.child({ component: 'bus' });
  const metrics = options.metrics.create(BUS_METRICS);
  const standing = createStandingSubscriptions();
  metrics.connected.set(0);
  const connection = createConnection({
    ...options,
    log,
    onConnected(nc, first) {
      metrics.connected.set(1);
      // The client restores subscriptions of a connection that it made again; a new one has none.
      if (first) standing.attachAll(nc);
      for (const row of Object.values<SubjectRow>(SUBJECTS)) {
        if (row.stream !== undefined && row.publishers.includes(principal)) void ensureStream(nc, row, log);
      }
    },
    onDisconnected: () => metrics.connected.set(0),
  });
  const parts: NatsParts = { principal, connection, standing, clock, log, metrics };
  return {
    ...componentOf(connection),
    status: connection.health,
    connected: connection.connected,
    ...subjectsOverNats(parts),
    ...requestsOverNats(parts),
    keyValue: (key) => createNatsKeyValue(connection, BUCKETS[key]),
    objects: (key) => createNatsObjects(connection, OBJECT_STORES[key]),
  };
}

function componentOf({ name, start, stop, health }: Connection): Component {
  return {
    name,
    ...(start === undefined ? {} : { start }),
    ...(stop === undefined ? {} : { stop }),
    checks: [{ name, check: health }],
  };
}

function subjectsOverNats(parts: NatsParts): Pick<Bus, 'publish' | 'subscribe' | 'replay'> {
  const { connection, standing, metrics } = parts;
  return {
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
      const filter = subjectFilter(SUBJECTS[key].pattern, params);
      const read = readGuarded(parts, key);
      return standing.add(
        (nc) =>
          nc.subscribe(filter, {
            ...(queue === undefined ? {} : { queue }),
            callback: (error, message) =>
              read(error, () => onMessage(decode(subjectSchema(key), message.data), message.subject)),
          }),
        connection.current(),
      );
    },
    replay: (key, replay) =>
      replayStream(connection.require(), { row: SUBJECTS[key], schema: subjectSchema(key), ...replay }),
  };
}
