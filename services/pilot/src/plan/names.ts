/** Names that operators know from Envoy's admin pages and statistics; they stay as in the classic mesh. */

/** Has no endpoints: what is sent there ends. */
export const BLACK_HOLE = 'BlackHoleCluster';
/** Goes to the connection's original destination. */
export const PASSTHROUGH = 'PassthroughCluster';
/** The same for traffic that comes in, with a source address that is not captured again. */
export const INBOUND_PASSTHROUGH = 'InboundPassthroughClusterIpv4';
export const VIRTUAL_OUTBOUND = 'virtualOutbound';
export const VIRTUAL_INBOUND = 'virtualInbound';
export const HTTP_PROXY_ROUTES = 'http_proxy';

/** `outbound|<port>|<subset>|<host>`; the subset is empty for all endpoints. */
export function outboundCluster(host: string, port: number, subset = ''): string {
  return `outbound|${port}|${subset}|${host}`;
}

/** `inbound|<service port>|<port name>|<host>`. */
export function inboundCluster(host: string, port: number, portName: string): string {
  return `inbound|${port}|${portName}|${host}`;
}

/** `outbound_.<port>_.<subset>_.<host>`: a cluster name that is a valid TLS server name. */
export function meshServerName(host: string, port: number, subset: string): string {
  return `outbound_.${port}_.${subset}_.${host}`;
}

/** `<bind>_<port>`. */
export function listenerName(bind: string, port: number): string {
  return `${bind}_${port}`;
}

/** Fills `%SERVICE%` and its siblings into the pattern of a cluster's name in statistics. */
export function clusterStatName(
  pattern: string,
  service: {
    readonly name: string;
    readonly namespace: string;
    readonly host: string;
    readonly port: { readonly number: number; readonly name: string };
    readonly subset: string;
  },
): string {
  return pattern
    .replaceAll('%SERVICE_FQDN%', service.host)
    .replaceAll('%SERVICE_PORT_NAME%', service.port.name)
    .replaceAll('%SERVICE_PORT%', String(service.port.number))
    .replaceAll('%SERVICE%', `${service.name}.${service.namespace}`)
    .replaceAll('%SUBSET_NAME%', service.subset);
}
