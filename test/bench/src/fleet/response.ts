import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { Cluster_DiscoveryType, ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { type Listener, ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { HttpConnectionManagerSchema } from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { DiscoveryResponseSchema } from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import { CLUSTER_TYPE } from '@quintet/xds';

/** A DiscoveryResponse of which only the frame was read. */
export type SeenResponse = {
  readonly typeUrl: string;
  readonly version: string;
  readonly nonce: string;
  readonly bytes: Buffer;
};

/** Field numbers of envoy.service.discovery.v3.DiscoveryResponse. */
const VERSION_INFO = 1;
const TYPE_URL = 4;
const NONCE = 5;

export function readResponse(bytes: Buffer): SeenResponse {
  const reader = new BinaryReader(bytes);
  const seen = { typeUrl: '', version: '', nonce: '' };
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === VERSION_INFO) seen.version = reader.string();
    else if (field === TYPE_URL) seen.typeUrl = reader.string();
    else if (field === NONCE) seen.nonce = reader.string();
    else reader.skip(wireType, field);
  }
  return { ...seen, bytes };
}

/** What clusters and listeners make a proxy ask for. */
export type NamesBook = {
  /** The endpoints of a response of clusters, the routes of one of listeners; sorted. */
  readonly namedBy: (response: SeenResponse) => readonly string[];
};

/** Reads each version once, whichever stream it came by. */
export function createNamesBook(): NamesBook {
  const known = new Map<string, readonly string[]>();
  return {
    namedBy(response) {
      const key = `${response.typeUrl} ${response.version}`;
      const names = known.get(key) ?? decodeNames(response);
      known.set(key, names);
      return names;
    },
  };
}

function decodeNames({ typeUrl, bytes }: SeenResponse): readonly string[] {
  const { resources } = fromBinary(DiscoveryResponseSchema, bytes);
  const names = resources.flatMap(({ value }) =>
    typeUrl === CLUSTER_TYPE ? endpointNames(value) : routeNames(fromBinary(ListenerSchema, value)),
  );
  return [...new Set(names)].sort();
}

function endpointNames(bytes: Uint8Array): string[] {
  const { name, clusterDiscoveryType, edsClusterConfig } = fromBinary(ClusterSchema, bytes);
  if (clusterDiscoveryType.value !== Cluster_DiscoveryType.EDS) return [];
  return [edsClusterConfig?.serviceName || name];
}

function routeNames({ filterChains, defaultFilterChain }: Listener): string[] {
  const chains = [...filterChains, ...(defaultFilterChain === undefined ? [] : [defaultFilterChain])];
  return chains
    .flatMap(({ filters }) => filters)
    .flatMap(({ configType }) => {
      if (configType.case !== 'typedConfig') return [];
      const manager = anyUnpack(configType.value, HttpConnectionManagerSchema);
      return manager?.routeSpecifier.case === 'rds' ? [manager.routeSpecifier.value.routeConfigName] : [];
    });
}
