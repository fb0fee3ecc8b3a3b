import {
  AccessLogType,
  type TCPAccessLogEntry,
} from '@quintet/proto/envoy/data/accesslog/v3/accesslog_pb.js';

/** What happened to a connection since its entry before. */
export type ConnectionChange = {
  readonly event: 'open' | 'continue' | 'close';
  readonly received: bigint;
  readonly sent: bigint;
  readonly receivedTotal: bigint;
  readonly sentTotal: bigint;
};

/** Turns the totals of entries into differences. */
export type ConnectionTotals = { change(entry: TCPAccessLogEntry): ConnectionChange };

/** Connections remembered at one time; of more, the oldest is forgotten and its next entry counts in full. */
const MOST_CONNECTIONS = 100_000;

/** The totals of the connections of one log stream: entries of an open connection repeat what was sent so far. */
export function connectionTotals(): ConnectionTotals {
  const before = new Map<string, { received: bigint; sent: bigint }>();
  return {
    change: ({ commonProperties, connectionProperties }) => {
      const id = commonProperties?.streamId ?? '';
      const receivedTotal = connectionProperties?.receivedBytes ?? 0n;
      const sentTotal = connectionProperties?.sentBytes ?? 0n;
      const known = before.get(id);
      const event = eventOf(commonProperties?.accessLogType);
      before.delete(id);
      const oldest = before.keys().next().value;
      if (before.size >= MOST_CONNECTIONS && oldest !== undefined) before.delete(oldest);
      if (event !== 'close' && id !== '') before.set(id, { received: receivedTotal, sent: sentTotal });
      return {
        event,
        received: atLeastZero(receivedTotal - (known?.received ?? 0n)),
        sent: atLeastZero(sentTotal - (known?.sent ?? 0n)),
        receivedTotal,
        sentTotal,
      };
    },
  };
}

function eventOf(type: AccessLogType | undefined): ConnectionChange['event'] {
  if (type === AccessLogType.TcpUpstreamConnected) return 'open';
  return type === AccessLogType.TcpPeriodic ? 'continue' : 'close';
}

function atLeastZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}
