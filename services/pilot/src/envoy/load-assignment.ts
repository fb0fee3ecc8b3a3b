import { create } from '@bufbuild/protobuf';
import { HealthStatus } from '@quintet/proto/envoy/config/core/v3/health_check_pb.js';
import {
  type LbEndpoint,
  LbEndpointSchema,
  type LocalityLbEndpoints,
  LocalityLbEndpointsSchema,
} from '@quintet/proto/envoy/config/endpoint/v3/endpoint_components_pb.js';
import {
  type ClusterLoadAssignment,
  ClusterLoadAssignmentSchema,
} from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import type { EndpointGroup, EndpointPlan } from '../plan/cluster-types.ts';
import { pipeAddress, socketAddress } from './address.ts';
import type { Fields } from './any.ts';
import { MESH_METADATA } from './extension-names.ts';
import { metadata } from './metadata.ts';
import { MUTUAL_TLS_ENDPOINT } from './upstream-tls.ts';

/** The endpoints of one cluster, grouped by locality and priority. */
export function loadAssignment(clusterName: string, groups: readonly EndpointGroup[]): ClusterLoadAssignment {
  return create(ClusterLoadAssignmentSchema, { clusterName, endpoints: groups.map(localityEndpoints) });
}

function localityEndpoints(group: EndpointGroup): LocalityLbEndpoints {
  const { region, zone, subzone } = group.locality;
  return create(LocalityLbEndpointsSchema, {
    locality: { region, zone, subZone: subzone },
    priority: group.priority,
    ...(group.weight > 0 && { loadBalancingWeight: group.weight }),
    lbEndpoints: group.endpoints.map(lbEndpoint),
  });
}

function lbEndpoint(endpoint: EndpointPlan): LbEndpoint {
  const { address } = endpoint;
  return create(LbEndpointSchema, {
    healthStatus: HealthStatus.UNKNOWN,
    hostIdentifier: {
      case: 'endpoint',
      value: {
        address:
          address.kind === 'pipe' ? pipeAddress(address.path) : socketAddress(address.address, address.port),
      },
    },
    ...(endpoint.weight > 0 && { loadBalancingWeight: endpoint.weight }),
    ...endpointMetadata(endpoint),
  });
}

function endpointMetadata(endpoint: EndpointPlan): Fields<typeof LbEndpointSchema> {
  const { name, namespace, uid } = endpoint.workload;
  const known = Object.entries({ uid, workload: name, namespace }).filter(([, value]) => value !== '');
  const namespaces = {
    ...(endpoint.mutualTls && { 'envoy.transport_socket_match': { tlsMode: MUTUAL_TLS_ENDPOINT } }),
    ...(known.length > 0 && { [MESH_METADATA]: Object.fromEntries(known) }),
  };
  return Object.keys(namespaces).length === 0 ? {} : { metadata: metadata(namespaces) };
}
