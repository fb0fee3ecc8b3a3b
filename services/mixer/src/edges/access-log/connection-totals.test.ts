import { create } from '@bufbuild/protobuf';
import {
  AccessLogType,
  TCPAccessLogEntrySchema,
} from '@quintet/proto/envoy/data/accesslog/v3/accesslog_pb.js';
import { describe, expect, it } from 'vitest';
import { connectionTotals } from './connection-totals.ts';

function entry(streamId: string, accessLogType: AccessLogType, receivedBytes: bigint, sentBytes: bigint) {
  return create(TCPAccessLogEntrySchema, {
    commonProperties: { streamId, accessLogType },
    connectionProperties: { receivedBytes, sentBytes },
  });
}

describe('connectionTotals', () => {
  it('subtracts what was told before, connection by connection', () => {
    const totals = connectionTotals();
    const changes = [
      entry('a', AccessLogType.TcpUpstreamConnected, 0n, 0n),
      entry('a', AccessLogType.TcpPeriodic, 5n, 10n),
      entry('b', AccessLogType.TcpConnectionEnd, 7n, 8n),
      entry('a', AccessLogType.TcpPeriodic, 5n, 25n),
      entry('a', AccessLogType.TcpConnectionEnd, 6n, 30n),
    ].map((logged) => totals.change(logged));
    expect(changes.map(({ event, received, sent }) => [event, received, sent])).toEqual([
      ['open', 0n, 0n],
      ['continue', 5n, 10n],
      ['close', 7n, 8n],
      ['continue', 0n, 15n],
      ['close', 1n, 5n],
    ]);
  });
});
