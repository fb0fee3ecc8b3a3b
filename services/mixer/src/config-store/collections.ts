import {
  ATTRIBUTE_MANIFEST,
  HANDLER,
  INSTANCE,
  type Kind,
  LEGACY_MIXER_KINDS,
  MESH_CONFIG,
  mayRestrict,
  QUOTA_SPEC,
  RULE,
  SERVICE_ENTRY,
  SYNTHETIC_SERVICE_ENTRY,
} from '@quintet/model';

/** Kinds of the first mixer API that decide about requests and are not realised: one for each adapter and template. */
export const UNREALISED_KINDS: readonly Kind[] = LEGACY_MIXER_KINDS.filter(({ kind }) => mayRestrict(kind));

/** Collections out of which rules are made, and those whose objects mixer refuses. */
export const POLICY_COLLECTIONS: readonly string[] = [
  ATTRIBUTE_MANIFEST,
  HANDLER,
  INSTANCE,
  RULE,
  QUOTA_SPEC,
  ...UNREALISED_KINDS,
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
