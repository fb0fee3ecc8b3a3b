import type { JsonObject } from '@bufbuild/protobuf';
import { ADMIN_CLUSTER, type SocketPlace } from './bootstrap-options.ts';
import { staticEndpoint } from './endpoint.ts';

/** Envoy's own admin interface as a cluster: what the ports for metrics and health pass on to. */
export function adminCluster(admin: SocketPlace): JsonObject {
  return {
    name: ADMIN_CLUSTER,
    type: 'STATIC',
    connect_timeout: '0.250s',
    load_assignment: staticEndpoint(ADMIN_CLUSTER, admin),
  };
}
