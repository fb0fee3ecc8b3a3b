import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type ResourceRefSchema, Severity } from '@quintet/proto/quintet/events/v1/events_pb.js';
import type { Clock } from '@quintet/runtime';
import type { Bus } from './bus.ts';
import type { SERVICES } from './principals.ts';

export type EventInput = {
  /** Lower case words joined by dots, e.g. `config.rejected`; the end of the subject too. */
  readonly type: string;
  readonly severity: 'info' | 'warning' | 'error';
  /** One line for people, complete without the attributes. */
  readonly message: string;
  readonly resource?: MessageInitShape<typeof ResourceRefSchema>;
  /** Details for programs; no secrets. */
  readonly attributes?: Readonly<Record<string, string>>;
};

/** Tells the mesh what happened. Never throws for want of a bus, never waits. */
export type EventPublisher = { publish(event: EventInput): void };

const SEVERITY = { info: Severity.INFO, warning: Severity.WARNING, error: Severity.ERROR } as const;

export type EventPublisherOptions = {
  readonly bus: Pick<Bus, 'publish'>;
  readonly service: (typeof SERVICES)[number];
  /** The replica, unique within the service: host name and process number, say. */
  readonly instance: string;
  readonly clock: Clock;
  /** Makes an id that nobody else makes. */
  readonly newId?: () => string;
};

/** The events of one service. */
export function createEventPublisher(options: EventPublisherOptions): EventPublisher {
  const { bus, service, instance, clock, newId = () => crypto.randomUUID() } = options;
  return {
    publish({ type, severity, message, resource, attributes }) {
      bus.publish(
        'event',
        { service, type },
        {
          id: newId(),
          time: timestampFromMs(clock.now()),
          service,
          instance,
          type,
          severity: SEVERITY[severity],
          message,
          ...(resource === undefined ? {} : { resource }),
          attributes: sorted(attributes ?? {}),
        },
      );
    },
  };
}

/** Map entries are written in the order of insertion: equal events must be equal bytes. */
function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
