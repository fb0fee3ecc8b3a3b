import { createMcpSource, type DialOutObserver, type Snapshots, type SourceObserver } from '@quintet/mcp';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import type { AllowList, Clock, GrpcServer, Log, ValuesOf } from '@quintet/runtime';
import type { DISTRIBUTE_OPTIONS } from './distribute/options.ts';
import type { GalleyMetrics } from './metrics.ts';

/** Who reads configuration, for the debug page. */
export type McpStatus = {
  /** Addresses of the readers, one for each stream. */
  readonly streams: readonly string[];
  /** The last refusal of each collection. */
  readonly refusals: Readonly<Record<string, string>>;
};

/** What is known about all readers, which changes as they come and go; told by whatever hands out to them. */
export function createMcpStatus(metrics: GalleyMetrics): {
  readonly status: McpStatus;
  readonly observer: DialOutObserver;
} {
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
    reconnecting: () => metrics.mcpReconnections.add(1),
  };
  return { status: { streams, refusals }, observer };
}

export type AddMcpOptions = {
  readonly server: GrpcServer;
  readonly snapshots: Snapshots;
  /** Absent in plaintext, where nobody has an identity. */
  readonly allow: AllowList | undefined;
  readonly config: Pick<
    ValuesOf<typeof DISTRIBUTE_OPTIONS>,
    'enableIncremental' | 'mcpRate' | 'mcpBurst' | 'mcpAnswerTimeout'
  >;
  readonly observer: SourceObserver;
  readonly clock: Clock;
  readonly log: Log;
};

/** Adds the MCP source to the server, for those who are on the list. */
export function addMcpSource({
  server,
  snapshots,
  allow,
  config,
  observer,
  clock,
  log,
}: AddMcpOptions): void {
  const source = createMcpSource({
    ...{ snapshots, clock, observer },
    incremental: config.enableIncremental,
    limits: { perSecond: config.mcpRate, burst: config.mcpBurst },
    answerMs: config.mcpAnswerTimeout,
    log: log.child({ component: 'mcp' }),
  });
  server.add(ResourceSource, source, allow === undefined ? {} : { allow });
}
