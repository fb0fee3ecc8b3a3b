import { MESH_POLICY, POLICY } from './authentication.ts';
import type { Kind } from './kind.ts';
import { MESH_CONFIG, MESH_NETWORKS } from './mesh.ts';
import {
  ADAPTER,
  ATTRIBUTE_MANIFEST,
  HANDLER,
  INSTANCE,
  LEGACY_MIXER_KINDS,
  RULE,
  TEMPLATE,
} from './mixer.ts';
import { HTTP_API_SPEC, HTTP_API_SPEC_BINDING, QUOTA_SPEC, QUOTA_SPEC_BINDING } from './mixer-client.ts';
import {
  DESTINATION_RULE,
  ENVOY_FILTER,
  GATEWAY,
  SERVICE_ENTRY,
  SIDECAR,
  SYNTHETIC_SERVICE_ENTRY,
  VIRTUAL_SERVICE,
  WORKLOAD_ENTRY,
} from './networking.ts';
import { CLUSTER_RBAC_CONFIG, RBAC_CONFIG, SERVICE_ROLE, SERVICE_ROLE_BINDING } from './rbac.ts';
import { AUTHORIZATION_POLICY, PEER_AUTHENTICATION, REQUEST_AUTHENTICATION } from './security.ts';

/** Every kind of configuration, which is also the list of the collections that galley hands out. */
export const KINDS: readonly Kind[] = [
  VIRTUAL_SERVICE,
  GATEWAY,
  DESTINATION_RULE,
  SERVICE_ENTRY,
  SYNTHETIC_SERVICE_ENTRY,
  WORKLOAD_ENTRY,
  SIDECAR,
  ENVOY_FILTER,
  POLICY,
  MESH_POLICY,
  AUTHORIZATION_POLICY,
  PEER_AUTHENTICATION,
  REQUEST_AUTHENTICATION,
  SERVICE_ROLE,
  SERVICE_ROLE_BINDING,
  RBAC_CONFIG,
  CLUSTER_RBAC_CONFIG,
  QUOTA_SPEC,
  QUOTA_SPEC_BINDING,
  HTTP_API_SPEC,
  HTTP_API_SPEC_BINDING,
  ATTRIBUTE_MANIFEST,
  RULE,
  HANDLER,
  INSTANCE,
  ADAPTER,
  TEMPLATE,
  ...LEGACY_MIXER_KINDS,
  MESH_CONFIG,
  MESH_NETWORKS,
];

const BY_NAME: ReadonlyMap<string, Kind> = new Map(KINDS.map((row) => [row.kind, row]));
const BY_COLLECTION: ReadonlyMap<string, Kind> = new Map(KINDS.map((row) => [row.collection, row]));
const GROUPS: ReadonlySet<string> = new Set(KINDS.filter((row) => row.written).map((row) => row.group));

/** The row of a kind, by its name as users write it. Names are unique among all groups. */
export function kindByName(kind: string): Kind | undefined {
  return BY_NAME.get(kind);
}

/** The row whose objects a collection carries. */
export function kindByCollection(collection: string): Kind | undefined {
  return BY_COLLECTION.get(collection);
}

/** The API groups in which users write objects. */
export function configurationGroups(): ReadonlySet<string> {
  return GROUPS;
}
