export { compareByAge } from './age.ts';
export {
  CONTEXT_KEYS,
  CONTEXT_NAMESPACE,
  ENDPOINT_LABELS,
  REPORTER_KINDS,
  serviceUid,
  workloadUid,
} from './attributes.ts';
export type { ConfigObject } from './config-object.ts';
export {
  type DurationValue,
  durationFromMillis,
  durationMillis,
  formatDuration,
  parseDuration,
} from './duration.ts';
export {
  compareHostSpecificity,
  DEFAULT_DOMAIN,
  gatewayRef,
  hostsOverlap,
  intersectHosts,
  isWildcardHost,
  MESH_GATEWAY,
  matchHost,
  mostSpecificHost,
  parseServiceHost,
  resolveHost,
} from './hosts.ts';
export { DEFAULT_TRUST_DOMAIN, parseSpiffeId, spiffeId, type WorkloadIdentity } from './identity.ts';
export { type IpAddress, type IpRange, isCidr, isIp, parseCidr, parseIp, rangeContains } from './ip.ts';
export type { Issue, Origin, ResourceRef, Severity } from './issue.ts';
export { type Labels, labelsMatch } from './labels.ts';
export {
  isHttp2Protocol,
  isHttpProtocol,
  isTcpProtocol,
  isTlsProtocol,
  parseProtocol,
  protocolOfPortName,
} from './port-protocol.ts';
export type { Protocol } from './protocol.ts';
export type { Endpoint, Service, ServicePort } from './service.ts';
