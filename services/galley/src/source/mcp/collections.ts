import {
  KINDS,
  MESH_CONFIG,
  MESH_NETWORKS,
  PEER_AUTHENTICATION,
  REQUEST_AUTHENTICATION,
  SYNTHETIC_SERVICE_ENTRY,
  WORKLOAD_ENTRY,
} from '@quintet/model';

/** A mesh has one configuration, and galley is told it by flags: another galley's is that of another mesh. */
const OWN: ReadonlySet<string> = new Set([MESH_CONFIG, MESH_NETWORKS].map(({ collection }) => collection));

/** What galley asks another source for. */
export const COLLECTIONS: readonly string[] = KINDS.map(({ collection }) => collection).filter(
  (collection) => !OWN.has(collection),
);

/** Those that a classic galley does not have, or has only with service discovery. */
export const OPTIONAL_COLLECTIONS: readonly string[] = [
  SYNTHETIC_SERVICE_ENTRY,
  PEER_AUTHENTICATION,
  REQUEST_AUTHENTICATION,
  WORKLOAD_ENTRY,
].map(({ collection }) => collection);
