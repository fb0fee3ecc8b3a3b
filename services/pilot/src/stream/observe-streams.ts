import type { EventPublisher } from '@quintet/bus';
import type { Clock, Log } from '@quintet/runtime';
import type { SessionEvent, StreamInfo, StreamObserver } from '@quintet/xds';
import type { PilotMetrics } from '../metrics.ts';
import { shortName, sourcesOf } from '../status/proxies.ts';
import { type ObjectDescriber, objectRefs } from '../status/status-reply.ts';
import type { Connection } from './proxy-source.ts';

export type ObserverOptions = {
  readonly metrics: PilotMetrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly events: EventPublisher;
  readonly connection: (stream: StreamInfo) => Connection | undefined;
  /** When the change that led to the newest revision arrived, milliseconds since 1970. */
  readonly changedAt: () => number;
  readonly describe: ObjectDescriber;
};

const REJECT_METRICS = { CDS: 'cdsReject', EDS: 'edsReject', LDS: 'ldsReject', RDS: 'rdsReject' } as const;

/** Turns what happens on streams into metrics, log lines and events. */
export function observeStreams(options: ObserverOptions): StreamObserver {
  const { metrics, log } = options;
  let open = 0;
  const count = (change: number) => {
    open += change;
    metrics.connected.set(open);
  };
  return {
    opened({ id, form, spiffeId, address }) {
      count(1);
      log.info({ stream: id, form, identity: spiffeId ?? '', address }, 'a proxy connected');
    },
    closed(stream) {
      count(-1);
      for (const { typeUrl } of stream.status()) setReject(stream, typeUrl, 0, metrics);
      log.info({ stream: stream.id }, 'a proxy disconnected');
    },
    event: (stream, event) => observeEvent(stream, event, options),
  };
}

function observeEvent(stream: StreamInfo, event: SessionEvent, options: ObserverOptions): void {
  const { metrics, log, events } = options;
  switch (event.kind) {
    case 'sent':
      metrics.pushes.add(1, { type: shortName(event.typeUrl).toLowerCase() });
      log.debug({ stream: stream.id, type: shortName(event.typeUrl), size: event.size }, 'sent');
      return;
    case 'acked':
      metrics.pushTime.record(event.afterMs / 1000, { type: shortName(event.typeUrl).toLowerCase() });
      setReject(stream, event.typeUrl, 0, metrics);
      if (stream.isCurrent()) observeComplete(stream, options);
      return;
    case 'nacked':
      observeNack(stream, event, options);
      return;
    case 'refused':
      log.warn(
        { stream: stream.id, type: shortName(event.typeUrl), resource: event.name, error: event.error },
        'a proxy refuses a resource: its last good version stays',
      );
      return;
    case 'stale':
      metrics.staleNonces.add(1);
      return;
    case 'overdue': {
      const names = event.needs.map(({ name }) => name).join(', ');
      metrics.overdue.add(1);
      log.warn(
        { stream: stream.id, resources: names },
        'a proxy did not get resources ready in time: going on',
      );
      events.publish({
        type: 'push.overdue',
        severity: 'warning',
        message: `${stream.node.id} did not get ready in time: ${names}`,
        attributes: { node: stream.node.id, resources: names },
      });
    }
  }
}

/** One event a proxy and change: the acknowledgements on the way to it are in the metrics. */
function observeComplete(stream: StreamInfo, { metrics, clock, events, changedAt }: ObserverOptions): void {
  // A proxy that came later did not have to wait for the change.
  if (stream.connectedAt < changedAt()) metrics.convergenceTime.record((clock.now() - changedAt()) / 1000);
  events.publish({
    type: 'push',
    severity: 'info',
    message: `${stream.node.id} has accepted everything there is for it`,
    attributes: { node: stream.node.id },
  });
}

function observeNack(
  stream: StreamInfo,
  event: Extract<SessionEvent, { kind: 'nacked' }>,
  { metrics, log, events, connection, describe }: ObserverOptions,
): void {
  const { typeUrl, error, version, blamed, changed } = event;
  const type = shortName(typeUrl);
  metrics.totalRejects.add(1);
  setReject(stream, typeUrl, 1, metrics);
  const known = connection(stream);
  const names = blamed.length > 0 ? blamed : changed;
  const sources = known === undefined ? [] : sourcesOf(known, typeUrl, names);
  log.warn({ stream: stream.id, type, error, blamed, sources }, 'a proxy refused a response');
  const [resource] = objectRefs(sources, describe);
  events.publish({
    type: 'nack',
    severity: 'error',
    message: `${stream.node.id} refused ${type}: ${error}`,
    ...(resource && { resource }),
    attributes: {
      ...attributesOf(stream, typeUrl, version),
      error,
      resources: blamed.join(', '),
      objects: sources.join(', '),
    },
  });
}

/** The classic label `err` has the code of the error, which is the same for every refusal by Envoy. */
function setReject(stream: StreamInfo, typeUrl: string, value: 0 | 1, metrics: PilotMetrics): void {
  const name = Object.entries(REJECT_METRICS).find(([short]) => short === shortName(typeUrl))?.[1];
  if (name !== undefined) metrics[name].set(value, { node: stream.node.id, err: 'Internal' });
}

function attributesOf(stream: StreamInfo, typeUrl: string, version: string): Record<string, string> {
  return { node: stream.node.id, type: shortName(typeUrl), version };
}
