import type { JsonObject } from '@bufbuild/protobuf';
import { CERTIFICATE_SECRET, ROOT_SECRET, SDS_CLUSTER } from './bootstrap-options.ts';

/** The workload's certificate and key, asked of the node agent. */
export function certificateFromAgent(): JsonObject {
  return { name: CERTIFICATE_SECRET, sds_config: agentSource() };
}

/** The roots that peers are checked against, asked of the node agent. */
export function rootsFromAgent(): JsonObject {
  return { name: ROOT_SECRET, sds_config: agentSource() };
}

function agentSource(): JsonObject {
  return {
    resource_api_version: 'V3',
    initial_fetch_timeout: '0s',
    api_config_source: {
      api_type: 'GRPC',
      transport_api_version: 'V3',
      set_node_on_first_message_only: true,
      grpc_services: [
        {
          envoy_grpc: {
            cluster_name: SDS_CLUSTER,
            authority: 'localhost',
            retry_policy: { retry_back_off: { base_interval: '0.200s', max_interval: '2s' } },
          },
        },
      ],
    },
  };
}
