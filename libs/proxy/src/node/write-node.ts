import type { JsonObject } from '@bufbuild/protobuf';
import { formatNodeId } from './node-id.ts';
import type { ProxyNode } from './proxy-node.ts';

/** The `node` of an Envoy bootstrap. `serviceCluster` is the classic `--serviceCluster`, e.g. `reviews.default`. */
export function writeNode(node: ProxyNode, serviceCluster: string): JsonObject {
  const [region, zone, subZone] = node.locality.split('/');
  const locality = present({ region, zone, sub_zone: subZone });
  return {
    id: formatNodeId(node),
    cluster: serviceCluster,
    ...(Object.keys(locality).length === 0 ? {} : { locality }),
    metadata: writeMetadata(node),
  };
}

/** Node metadata under the classic keys; what is empty is left out. Keys of `node.metadata` that have no field stay. */
export function writeMetadata(node: ProxyNode): JsonObject {
  return {
    ...node.metadata,
    ...present({
      NAME: node.name,
      NAMESPACE: node.namespace,
      CONFIG_NAMESPACE: node.configNamespace,
      SERVICE_ACCOUNT: node.serviceAccount,
      WORKLOAD_NAME: node.workloadName,
      INTERCEPTION_MODE: node.interceptionMode,
      INSTANCE_IPS: node.addresses.join(','),
      MESH_ID: node.meshId,
      CLUSTER_ID: node.clusterId,
      NETWORK: node.network,
      ISTIO_VERSION: node.version,
      'istio-locality': node.locality,
    }),
    LABELS: { ...node.labels },
  };
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') result[key] = value;
  }
  return result;
}
