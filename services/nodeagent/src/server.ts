import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SecretDiscoveryService } from '@quintet/proto/envoy/service/secret/v3/sds_pb.js';
import {
  type Clock,
  createGrpcServer,
  ensurePrivateDirectory,
  type GrpcServer,
  type Log,
} from '@quintet/runtime';
import { createDiscovery, type Source, type StreamInfo, type StreamObserver } from '@quintet/xds';
import type { NodeagentMetrics } from './metrics.ts';

/** The socket and what is behind it. */
export type SdsServerOptions = {
  readonly socket: string;
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: NodeagentMetrics;
};

/** The port, and who is on it. */
export type SdsServer = GrpcServer & { readonly streams: () => readonly StreamInfo[] };

/** A first request carries the whole node of the proxy, its metadata included. */
const MAX_REQUEST_BYTES = 256 * 1024;
/** A proxy asks for two secrets; the rest is room for gateways with many hosts. */
const MAX_NAMES = 200;
/** One connection is one proxy, with a stream for each place in its configuration that names a secret. */
const MAX_STREAMS_PER_CONNECTION = 1000;

/** Serves SDS, state of the world and incremental, to those who may open the socket. */
export function createSdsServer(options: SdsServerOptions): SdsServer {
  const { socket, source, clock, log, metrics } = options;
  const pending = new Map<string, number>();
  const discovery = createDiscovery({
    source,
    clock,
    limits: { maxSubscriptions: MAX_NAMES, maxTypes: 1 },
    observer: observe({ pending, log, metrics }),
  });
  metrics.activeConnections.observe((report) => report(discovery.streams().length));
  metrics.pendingPushes.observe((report) => {
    for (const [connection, count] of pending) if (count > 0) report(count, { connection });
  });
  const server = createGrpcServer({
    name: 'sds',
    address: `unix://${socket}`,
    maxReceiveBytes: MAX_REQUEST_BYTES,
    maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION,
    clock,
    log,
  });
  server.add(SecretDiscoveryService, discovery.secrets);
  return {
    ...server,
    streams: discovery.streams,
    async start() {
      await ensurePrivateDirectory(dirname(socket));
      await server.start?.();
      await chmod(socket, 0o600);
    },
  };
}

function observe(options: {
  readonly pending: Map<string, number>;
  readonly log: Log;
  readonly metrics: NodeagentMetrics;
}): StreamObserver {
  const { pending, log, metrics } = options;
  const answered = ({ id }: StreamInfo) => pending.set(id, Math.max(0, (pending.get(id) ?? 0) - 1));
  return {
    opened: ({ id, node }) => log.debug({ stream: id, node: node.id }, 'stream opened'),
    closed(stream) {
      metrics.pushErrors.add(pending.get(stream.id) ?? 0);
      pending.delete(stream.id);
      log.debug({ stream: stream.id }, 'stream closed');
    },
    event(stream, event) {
      if (event.kind === 'sent') {
        metrics.pushes.add(1);
        pending.set(stream.id, (pending.get(stream.id) ?? 0) + 1);
      } else if (event.kind === 'acked') answered(stream);
      else if (event.kind === 'nacked') {
        answered(stream);
        metrics.updateFailures.add(1);
        log.warn({ stream: stream.id, node: stream.node.id, detail: event.error }, 'proxy refused a secret');
      }
    },
  };
}
