/**
 * Names of the filters as they stand in a chain. Configuration of a route or virtual host finds its filter
 * by this name, so it is written in one place.
 */
export const HTTP_FILTERS = {
  rbacDeny: 'envoy.filters.http.rbac.deny',
  rbac: 'envoy.filters.http.rbac',
  check: 'envoy.filters.http.ext_authz',
  grpcWeb: 'envoy.filters.http.grpc_web',
  cors: 'envoy.filters.http.cors',
  fault: 'envoy.filters.http.fault',
  router: 'envoy.filters.http.router',
} as const;

export const NETWORK_FILTERS = {
  rbacDeny: 'envoy.filters.network.rbac.deny',
  rbac: 'envoy.filters.network.rbac',
  check: 'envoy.filters.network.ext_authz',
  httpConnectionManager: 'envoy.filters.network.http_connection_manager',
  tcpProxy: 'envoy.filters.network.tcp_proxy',
} as const;

export const LISTENER_FILTERS = {
  originalDestination: 'envoy.filters.listener.original_dst',
  tlsInspector: 'envoy.filters.listener.tls_inspector',
  httpInspector: 'envoy.filters.listener.http_inspector',
} as const;

export const TLS_TRANSPORT_SOCKET = 'envoy.transport_sockets.tls';
export const PLAINTEXT_TRANSPORT_SOCKET = 'envoy.transport_sockets.raw_buffer';

/** The namespace of route, cluster and endpoint metadata that the mesh's own readers look at. */
export const MESH_METADATA = 'istio';
