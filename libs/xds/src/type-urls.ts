/** Type URLs of the xDS v3 resources the mesh hands out. */
export const CLUSTER_TYPE = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';
export const ENDPOINT_TYPE = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment';
export const LISTENER_TYPE = 'type.googleapis.com/envoy.config.listener.v3.Listener';
export const ROUTE_TYPE = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';
export const SECRET_TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

/**
 * The order in which the types of one push leave: clusters and their endpoints before whatever names them.
 * A type that is not in the list goes after those that are.
 */
export const PUSH_ORDER: readonly string[] = [
  SECRET_TYPE,
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
];

/**
 * Types of which a client takes everything when it names nothing, and of which absence from a
 * state-of-the-world response means deletion.
 */
export function isWildcardType(typeUrl: string): boolean {
  return typeUrl === CLUSTER_TYPE || typeUrl === LISTENER_TYPE;
}

/** The types that resources of a type may name. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  [CLUSTER_TYPE]: [ENDPOINT_TYPE],
  [LISTENER_TYPE]: [ROUTE_TYPE, CLUSTER_TYPE],
  [ROUTE_TYPE]: [CLUSTER_TYPE],
};

/** Whether a resource of type `from` may name one of type `to`. */
export function mayNeed(from: string, to: string): boolean {
  return NAMES[from]?.includes(to) ?? false;
}

/** Whether resources of type `ahead` have to be in use before one of `typeUrl` that names them is sent. */
export function goesAhead(ahead: string, typeUrl: string): boolean {
  return mayNeed(typeUrl, ahead) && PUSH_ORDER.indexOf(ahead) < PUSH_ORDER.indexOf(typeUrl);
}

/** Orders type URLs as they are pushed. */
export function comparePushOrder(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function rank(typeUrl: string): number {
  const index = PUSH_ORDER.indexOf(typeUrl);
  return index < 0 ? PUSH_ORDER.length : index;
}
