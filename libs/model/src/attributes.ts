/**
 * Names that pilot writes and mixer reads. Pilot puts facts about a route or a listener into Envoy metadata of the
 * namespace {@link CONTEXT_NAMESPACE}; they reach mixer as `context_extensions` of ext_authz and as `custom_tags` of
 * the access log, under the same keys.
 */

/** Metadata namespace of routes, virtual hosts, clusters and listeners that holds our keys. */
export const CONTEXT_NAMESPACE = 'istio';

/** Keys of the context: mostly the attribute they become, with the same text as value. */
export const CONTEXT_KEYS = {
  destinationServiceHost: 'destination.service.host',
  destinationServiceName: 'destination.service.name',
  destinationServiceNamespace: 'destination.service.namespace',
  destinationServiceUid: 'destination.service.uid',
  destinationUid: 'destination.uid',
  destinationNamespace: 'destination.namespace',
  destinationIp: 'destination.ip',
  destinationPort: 'destination.port',
  destinationWorkloadName: 'destination.workload.name',
  destinationWorkloadNamespace: 'destination.workload.namespace',
  sourceUid: 'source.uid',
  sourceNamespace: 'source.namespace',
  sourceWorkloadName: 'source.workload.name',
  sourceWorkloadNamespace: 'source.workload.namespace',
  reporterKind: 'context.reporter.kind',
  reporterUid: 'context.reporter.uid',
  protocol: 'context.protocol',
  proxyVersion: 'context.proxy_version',
  /** SPIFFE id that the upstream's certificate showed; absent in plaintext. Access log only. */
  upstreamPeer: 'quintet.upstream_peer',
  /** Comma separated `namespace/name` of the QuotaSpecs that are bound to the service; absent without any. */
  quotaSpecs: 'quintet.quota_specs',
} as const;

/** Values of `context.reporter.kind`. */
export const REPORTER_KINDS = { source: 'outbound', destination: 'inbound' } as const;

/** Labels of a service entry's endpoint that say who runs there; they are not labels of the workload. */
export const ENDPOINT_LABELS = {
  /** Name of the workload, e.g. `reviews-v1`. */
  workloadName: 'quintet.io/workload-name',
  /** Name of the one instance, e.g. of the pod `reviews-v1-5d4f-x2x`; absent where the workload is the instance. */
  instanceName: 'quintet.io/instance-name',
  /** Namespace of the workload when it is not the entry's. */
  workloadNamespace: 'quintet.io/workload-namespace',
  /** Service account of the workload, in its namespace; or its whole SPIFFE id. */
  serviceAccount: 'quintet.io/service-account',
} as const;

/** Uid of a workload instance as attributes carry it. */
export function workloadUid(name: string, namespace: string): string {
  return `kubernetes://${name}.${namespace}`;
}

/** Uid of a service as `destination.service.uid` carries it. */
export function serviceUid(name: string, namespace: string): string {
  return `istio://${namespace}/services/${name}`;
}
