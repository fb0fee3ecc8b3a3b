import type { Bus } from '@quintet/bus';
import type { Snapshots } from '@quintet/mcp';
import {
  type Component,
  createAllowList,
  createGrpcServer,
  type GrpcServer,
  limitHeapGrowth,
  MeshError,
  type ServiceIdentity,
} from '@quintet/runtime';
import { createAccessListFile } from '../access/access-list.ts';
import type { GalleyEnv } from '../app.ts';
import type { GalleyMetrics } from '../metrics.ts';
import { addMcpSource, createMcpStatus, type McpStatus } from '../server.ts';
import { createBusSnapshot } from './bus-snapshot.ts';
import { createDialOut } from './dial-out.ts';
import { isLoopback } from './loopback.ts';

export type DistributionParts = {
  readonly snapshots: Snapshots;
  /** Absent in plaintext. */
  readonly identity: ServiceIdentity | undefined;
  readonly bus: Bus;
  readonly metrics: GalleyMetrics;
};

/** Everything that hands configuration out. */
export type Distribution = {
  /** Knows its port once it is started. */
  readonly server: GrpcServer;
  readonly status: McpStatus;
  /** To be started before there is anything to hand out, in this order. */
  readonly before: readonly Component[];
  /** To be started when there is. */
  readonly after: readonly Component[];
};

const HEAP_GROWTH_PERCENT = 25;

/** Puts together what hands configuration out, as the flags say. Throws `MeshError` when they contradict each other. */
export function createDistribution(env: GalleyEnv, parts: DistributionParts): Distribution {
  const { config, clock, log, random } = env;
  const { snapshots, identity, metrics } = parts;
  if (config.insecure && !isLoopback(config.serverAddress)) {
    const message = `--insecure is for loopback addresses only, found --server-address ${config.serverAddress}`;
    throw new MeshError('invalid_argument', message);
  }
  const server = createServer(env, identity);
  const accessFile =
    config.accessListFile === undefined
      ? undefined
      : createAccessListFile({ path: config.accessListFile, clock, log });
  const allow = accessFile ?? createAllowList(config.allowedIdentity);
  const { status, observer } = createMcpStatus(metrics);
  addMcpSource({ server, snapshots, allow: identity && allow, config, observer, clock, log });
  const dialOut = createDialOut({ config, snapshots, identity, observer, log, clock, random });
  return {
    server,
    status,
    before: accessFile === undefined ? [] : [accessFile],
    after: [heapLimit, server, ...(dialOut === undefined ? [] : [dialOut]), ...busSnapshot(env, parts)],
  };
}

/**
 * Not from the start: while everything is read the heap has to grow, and many collections would only take time. Sinks come
 * after that, and what is made for them is soon garbage.
 */
const heapLimit: Component = { name: 'heap-limit', start: () => limitHeapGrowth(HEAP_GROWTH_PERCENT) };

function createServer({ config, clock, log }: GalleyEnv, identity: ServiceIdentity | undefined): GrpcServer {
  return createGrpcServer({
    name: 'mcp',
    address: config.serverAddress,
    maxReceiveBytes: config.serverMaxReceivedMessageSize,
    maxConcurrentStreams: config.serverMaxConcurrentStreams,
    ...(identity && { credentials: identity.serverCredentials({ clientCertificate: 'required' }) }),
    log,
    clock,
  });
}

/** Nobody believes what is not signed, and without a bus there is nobody. */
function busSnapshot({ config, clock, log }: GalleyEnv, parts: DistributionParts): Component[] {
  const { snapshots, identity, bus } = parts;
  const { snapshotInterval: intervalMs, natsAddress } = config;
  if (identity === undefined || intervalMs === 0 || natsAddress.length === 0) return [];
  return [createBusSnapshot({ snapshots, bus, identity, intervalMs, clock, log })];
}
