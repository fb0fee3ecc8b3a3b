import { fromBinary, type JsonObject, type JsonValue, toJson } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { CLUSTER_TYPE, LISTENER_TYPE, ROUTE_TYPE, type WireResource, type WireSet } from '@quintet/xds';

/**
 * What a proxy is handed, in the shape of Envoy's own `/config_dump`, so that tools made for that can read it.
 * Certificates and keys are not part of it: proxies get them from the node agent.
 */
export function configDump(set: WireSet): JsonObject {
  const versionOf = (typeUrl: string) => set.get(typeUrl)?.version ?? '';
  const each = (typeUrl: string, make: (json: JsonValue, name: string) => JsonObject) =>
    [...(set.get(typeUrl)?.resources.values() ?? [])].map((resource) =>
      make(resourceJson(resource), resource.name),
    );
  const clusters = { version_info: versionOf(CLUSTER_TYPE) };
  const listeners = { version_info: versionOf(LISTENER_TYPE) };
  const routes = { version_info: versionOf(ROUTE_TYPE) };
  return {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        ...clusters,
        dynamic_active_clusters: each(CLUSTER_TYPE, (cluster) => ({ ...clusters, cluster })),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        ...listeners,
        dynamic_listeners: each(LISTENER_TYPE, (listener, name) => ({
          name,
          active_state: { ...listeners, listener },
        })),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump',
        dynamic_route_configs: each(ROUTE_TYPE, (route) => ({ ...routes, route_config: route })),
      },
    ],
  };
}

/** A resource as JSON, with the field names of its proto. */
export function resourceJson({ bytes }: WireResource): JsonValue {
  return toJson(AnySchema, fromBinary(AnySchema, bytes), {
    registry: envoyRegistry,
    useProtoFieldName: true,
  });
}
