import { type JsonValue, type Message, toJson } from '@bufbuild/protobuf';
import { type Cluster, Cluster_DiscoveryType } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import type { RouteAction } from '@quintet/proto/envoy/config/route/v3/route_components_pb.js';
import type { RouteConfiguration } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import type { XdsClient } from '@quintet/testkit';
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from '@quintet/xds';

/** Everything a client holds, as JSON by type and name, sorted. */
export function viewOf(client: XdsClient): JsonValue {
  const types = [CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE];
  return Object.fromEntries(types.map((type) => [type, resourcesOf(client, type)]));
}

function resourcesOf(client: XdsClient, type: string): JsonValue {
  const held = [...client.resources(type)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(held.map(([name, message]) => [name, jsonOf(message)]));
}

function jsonOf(message: Message): JsonValue {
  const schema = envoyRegistry.getMessage(message.$typeName);
  if (schema === undefined) throw new Error(`unknown message ${message.$typeName}`);
  return toJson(schema, message, { registry: envoyRegistry });
}

/** What would fail in a client that holds this: routes to clusters that are not there. */
export function danglingNames(client: XdsClient): string[] {
  const clusters = client.resources(CLUSTER_TYPE);
  return [...client.resources(ROUTE_TYPE)].flatMap(([table, message]) =>
    clustersOf(message)
      .filter((name) => !clusters.has(name))
      .map((name) => `route table ${table} names ${name}, which is not there`),
  );
}

/** Clusters that wait for endpoints which the client has not got. */
export function withoutEndpoints(client: XdsClient): string[] {
  const endpoints = client.resources(ENDPOINT_TYPE);
  return [...client.resources(CLUSTER_TYPE)]
    .filter(([name, message]) => isDiscovered(message) && !endpoints.has(name))
    .map(([name]) => name);
}

function isDiscovered(message: Message): boolean {
  const { clusterDiscoveryType: type } = message as Cluster;
  return type.case === 'type' && type.value === Cluster_DiscoveryType.EDS;
}

function clustersOf(message: Message): string[] {
  const { virtualHosts } = message as RouteConfiguration;
  return virtualHosts
    .flatMap(({ routes }) => routes)
    .flatMap(({ action }) => (action.case === 'route' ? clustersOfAction(action.value) : []));
}

function clustersOfAction({ clusterSpecifier: to }: RouteAction): string[] {
  if (to.case === 'cluster') return [to.value];
  if (to.case === 'weightedClusters') return to.value.clusters.map(({ name }) => name);
  return [];
}
