import {
  AUTHORIZATION_POLICY,
  DESTINATION_RULE,
  GATEWAY,
  INSTANCE,
  MESH_CONFIG,
  MESH_POLICY,
  POLICY,
  QUOTA_SPEC,
  QUOTA_SPEC_BINDING,
  RULE,
  SERVICE_ENTRY,
  SIDECAR,
  SYNTHETIC_SERVICE_ENTRY,
  VIRTUAL_SERVICE,
} from '@quintet/model';

/** What a classic galley need not have: the defaults hold, and services are those of service entries. */
export const OPTIONAL_COLLECTIONS: readonly string[] = [MESH_CONFIG, SYNTHETIC_SERVICE_ENTRY].map(
  ({ collection }) => collection,
);

/** What pilot asks galley for: the kinds its snapshot is made of. */
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
].map(({ collection }) => collection);
