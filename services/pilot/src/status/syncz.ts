import type { JsonObject } from '@bufbuild/protobuf';
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE, type TypeStatus } from '@quintet/xds';
import type { ConnectedProxy } from './proxies.ts';

const COLUMNS = [
  ['cluster', CLUSTER_TYPE],
  ['listener', LISTENER_TYPE],
  ['route', ROUTE_TYPE],
  ['endpoint', ENDPOINT_TYPE],
] as const;

/**
 * The rows of `/debug/syncz` in their classic shape: the nonces sent and accepted by type, empty when there is
 * none. Nonces that are equal mean that the proxy has what it was sent.
 */
export function synczRows(proxies: readonly ConnectedProxy[]): readonly JsonObject[] {
  return proxies.map(({ stream, proxy }) => {
    const byType = new Map(stream.status().map((status) => [status.typeUrl, status]));
    const columns = COLUMNS.flatMap(([name, typeUrl]) => {
      const status = byType.get(typeUrl);
      return [
        [`${name}_sent`, status?.sentNonce ?? ''],
        [`${name}_acked`, status?.ackedNonce ?? ''],
      ] as const;
    });
    return {
      proxy: proxyId(stream.node.id),
      istio_version: proxy.version,
      ...Object.fromEntries(columns),
      endpoint_percent: percent(byType.get(ENDPOINT_TYPE)),
    };
  });
}

/** `name.namespace`: the third part of a node id, by which operators call a proxy. */
export function proxyId(nodeId: string): string {
  return nodeId.split('~')[2] ?? nodeId;
}

/** Accepted or not: endpoints go out in responses that are accepted as a whole. */
function percent(status: TypeStatus | undefined): number {
  if (status === undefined || status.sentNonce === '') return 0;
  return status.sentNonce === status.ackedNonce ? 100 : 0;
}
