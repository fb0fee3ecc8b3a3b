import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import {
  createAllowList,
  createGrpcServer,
  createStaticIdentity,
  type GrpcServer,
  requestCertificate,
  silentLog,
  systemClock,
} from '@quintet/runtime';
import {
  CLUSTER_TYPE,
  createDiscovery,
  LISTENER_TYPE,
  packResource,
  type WireSet,
  wireType,
} from '@quintet/xds';

/** An ADS server that lets in clients with a certificate of the mesh and hands out one fixed configuration. */
export async function startPilotStandIn(options: {
  readonly citadelAddress: string;
  readonly citadelId: string;
  readonly rootPem: string;
  readonly token: string;
  readonly listeners: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
}): Promise<{ readonly server: GrpcServer; readonly callers: Set<string> }> {
  const clock = systemClock;
  const certificates = await requestCertificate({
    citadel: { address: options.citadelAddress, peers: [options.citadelId] },
    rootPem: options.rootPem,
    token: options.token,
    lifetimeMs: 0,
    now: clock.now,
  });
  const identity = createStaticIdentity({ certificates, clock });
  const callers = new Set<string>();
  const set = wireSet(options.listeners, options.clusters);
  const discovery = createDiscovery({
    source: {
      attach({ spiffeId }) {
        callers.add(spiffeId ?? 'nobody');
        return { current: () => set, subscribe: () => () => undefined };
      },
    },
  });
  const server = createGrpcServer({
    name: 'ads',
    address: '127.0.0.1:0',
    credentials: identity.serverCredentials({ clientCertificate: 'required' }),
    log: silentLog,
  });
  server.add(AggregatedDiscoveryService, discovery.aggregated, {
    allow: createAllowList(['spiffe://cluster.local/ns/*/sa/*']),
  });
  await server.start?.();
  return { server, callers };
}

function wireSet(listeners: readonly JsonObject[], clusters: readonly JsonObject[]): WireSet {
  const registry = envoyRegistry;
  const pack = {
    listener: (json: JsonObject) => {
      const message = fromJson(ListenerSchema, json, { registry });
      return packResource({ schema: ListenerSchema, message, name: message.name });
    },
    cluster: (json: JsonObject) => {
      const message = fromJson(ClusterSchema, json, { registry });
      return packResource({ schema: ClusterSchema, message, name: message.name });
    },
  };
  return new Map([
    [LISTENER_TYPE, wireType(listeners.map(pack.listener))],
    [CLUSTER_TYPE, wireType(clusters.map(pack.cluster))],
  ]);
}
