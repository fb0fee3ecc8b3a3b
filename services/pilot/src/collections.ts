import {
  AUTHORIZATION_POLICY,
  CLUSTER_RBAC_CONFIG,
  DESTINATION_RULE,
  ENVOY_FILTER,
  GATEWAY,
  INSTANCE,
  MESH_CONFIG,
  MESH_POLICY,
  PEER_AUTHENTICATION,
  POLICY,
  QUOTA_SPEC,
  QUOTA_SPEC_BINDING,
  RBAC_CONFIG,
  REQUEST_AUTHENTICATION,
  RULE,
  SERVICE_ENTRY,
  SIDECAR,
  SYNTHETIC_SERVICE_ENTRY,
  VIRTUAL_SERVICE,
} from '@quintet/model';

/**
 * What a classic galley need not have: the defaults hold, services are those of service entries, and the kinds that
 * came after the classic ones are not in use.
 */
export const OPTIONAL_COLLECTIONS: readonly string[] = [
  MESH_CONFIG,
  SYNTHETIC_SERVICE_ENTRY,
  PEER_AUTHENTICATION,
  REQUEST_AUTHENTICATION,
].map(({ collection }) => collection);

/**
 * What pilot asks galley for: the kinds its snapshot is made of, and those that restrict access and are not realised,
 * so that none of their objects is ignored in silence.
 */
export const COLLECTIONS: readonly string[] = [
  MESH_CONFIG,
  SERVICE_ENTRY,
  SYNTHETIC_SERVICE_ENTRY,
  VIRTUAL_SERVICE,
  DESTINATION_RULE,
  GATEWAY,
  SIDECAR,
  POLICY,
  MESH_POLICY,
  AUTHORIZATION_POLICY,
  QUOTA_SPEC,
  QUOTA_SPEC_BINDING,
  RULE,
  INSTANCE,
  ENVOY_FILTER,
  PEER_AUTHENTICATION,
  REQUEST_AUTHENTICATION,
  RBAC_CONFIG,
  CLUSTER_RBAC_CONFIG,
].map(({ collection }) => collection);
