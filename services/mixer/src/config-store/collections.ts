import {
  ATTRIBUTE_MANIFEST,
  HANDLER,
  INSTANCE,
  MESH_CONFIG,
  QUOTA_SPEC,
  RULE,
  SERVICE_ENTRY,
  SYNTHETIC_SERVICE_ENTRY,
} from '@quintet/model';

/** Collections out of which rules are made. */
export const POLICY_COLLECTIONS: readonly string[] = [
  ATTRIBUTE_MANIFEST,
  HANDLER,
  INSTANCE,
  RULE,
  QUOTA_SPEC,
].map(({ collection }) => collection);

/** What a classic galley need not have. */
export const OPTIONAL_COLLECTIONS: readonly string[] = [MESH_CONFIG, SYNTHETIC_SERVICE_ENTRY].map(
  ({ collection }) => collection,
);

/** Collections that say which workloads there are. */
export const WORKLOAD_COLLECTIONS: readonly string[] = [
  SERVICE_ENTRY,
  SYNTHETIC_SERVICE_ENTRY,
  MESH_CONFIG,
].map(({ collection }) => collection);
