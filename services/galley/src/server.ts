import { createMcpSource, type Snapshots } from '@quintet/mcp';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import type { AllowList, Clock, GrpcServer, Log } from '@quintet/runtime';
import type { GalleyMetrics } from './metrics.ts';

/** Who reads configuration, for the debug page. */
export type McpStatus = {
  /** Addresses of the readers, one for each stream. */
  readonly streams: readonly string[];
  /** The last refusal of each collection. */
  readonly refusals: Readonly<Record<string, string>>;
};

export type AddMcpOptions = {
  readonly server: GrpcServer;
  readonly snapshots: Snapshots;
  /** Absent in plaintext, where nobody has an identity. */
  readonly allow: AllowList | undefined;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly log: Log;
};

/** Adds the MCP source to the server; returns what is known about its readers, which changes as they come and go. */
export function addMcpSource(options: AddMcpOptions): McpStatus {
  const { server, snapshots, allow, metrics, clock, log } = options;
  const streams: string[] = [];
  const refusals: Record<string, string> = {};
  const observer = {
    streamOpened(peer: string) {
      streams.push(peer);
      metrics.mcpClients.add(1);
    },
    streamClosed(peer: string) {
      streams.splice(streams.indexOf(peer), 1);
      metrics.mcpClients.add(-1);
    },
    sent: (collection: string, bytes: number) => metrics.mcpMessageSizes.record(bytes, { collection }),
    acknowledged: (collection: string) => metrics.mcpAcks.add(1, { collection }),
    refused(collection: string, reason: string) {
      refusals[collection] = reason;
      metrics.mcpNacks.add(1, { collection });
    },
    sendFailed: (code: string) => metrics.mcpSendFailures.add(1, { code }),
    receiveFailed: (code: string) => metrics.mcpReceiveFailures.add(1, { code }),
  };
  const source = createMcpSource({ snapshots, clock, log: log.child({ component: 'mcp' }), observer });
  server.add(ResourceSource, source, allow === undefined ? {} : { allow });
  return { streams, refusals };
}
