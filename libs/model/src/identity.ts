/** Who a workload is: trust domain, namespace and service account of its SPIFFE id. */
export type WorkloadIdentity = {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
};

/** The trust domain of a mesh that configures none. */
export const DEFAULT_TRUST_DOMAIN = 'cluster.local';

const SEGMENT = '[A-Za-z0-9._-]+';
const SPIFFE_ID = new RegExp(`^spiffe://([a-z0-9._-]{1,255})/ns/(${SEGMENT})/sa/(${SEGMENT})$`);

/** Writes `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`. */
export function spiffeId(identity: WorkloadIdentity): string {
  return `spiffe://${identity.trustDomain}/ns/${identity.namespace}/sa/${identity.serviceAccount}`;
}

/**
 * Reads a SPIFFE id of a workload. Undefined for everything that is not exactly of that form: other schemes, other
 * paths, empty or relative segments, user info, port, query, fragment, more than 2048 characters (SPIFFE-ID 2.3).
 */
export function parseSpiffeId(id: string): WorkloadIdentity | undefined {
  if (id.length > 2048) return undefined;
  const [, trustDomain, namespace, serviceAccount] = SPIFFE_ID.exec(id) ?? [];
  if (trustDomain === undefined || namespace === undefined || serviceAccount === undefined) return undefined;
  if ([namespace, serviceAccount].some((segment) => segment === '.' || segment === '..')) return undefined;
  return { trustDomain, namespace, serviceAccount };
}
